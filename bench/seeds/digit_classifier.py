"""Three same-padded convolutions on MNIST, 5 epochs, saved and loaded again; equal: examples/digit-classifier.ts.

The description has loss, optimizer, epochs, validation on the test set, and the kinds of layers, no numbers of them. Keras's
habit: batches of 32.
"""
import os
import tempfile

from twin import Stopwatch, mnist, options, say

given = options(epochs=5, batch_size=32)
import keras
from keras import layers

(images, labels), test = mnist(given)


def conv(filters):
    return layers.Conv2D(filters, 3, padding='same', activation='relu')


model = keras.Sequential([
    keras.Input((28, 28, 1)),
    conv(32), layers.MaxPooling2D(2),
    conv(64), layers.MaxPooling2D(2),
    conv(64), layers.Dropout(0.25),
    layers.Flatten(),
    layers.Dense(128, activation='relu'),
    layers.Dropout(0.5),
    layers.Dense(10, activation='softmax'),
])
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
watch = Stopwatch()
history = model.fit(images, labels, batch_size=given.batch_size, epochs=given.epochs, validation_data=test, verbose=0)
seconds = watch.seconds()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'digit_classifier_model.keras')
    model.save(path)
    loss, accuracy = keras.models.load_model(path).evaluate(*test, batch_size=1000, verbose=0)
say('digit-classifier', model, history, seconds, accuracy, loss)
