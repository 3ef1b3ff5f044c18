"""Augmentation, falling rate, dropout, early stopping and checkpoints on MNIST; equal: examples/digit-recognizer.ts.

The description names these techniques, no numbers. Here: two pairs of convolutions at half the width of the well-known network of
this kind, images turned by up to 10 degrees, moved and zoomed by up to a tenth, Adam whose rate falls by a fifth after each
epoch, batches of 64, at most 6 epochs, the last tenth for validation.
"""
import os
import tempfile

from twin import Stopwatch, mnist, options, say

given = options(epochs=6, batch_size=64, width=0.5)
import keras
from keras import layers

(images, labels), (test_images, test_labels) = mnist(given)
targets, test_targets = keras.utils.to_categorical(labels, 10), keras.utils.to_categorical(test_labels, 10)


def pair(filters, size):
    return [
        *[layers.Conv2D(round(filters * given.width), size, padding='same', activation='relu') for _ in range(2)],
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
    ]


model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.RandomRotation(10 / 360, fill_mode='constant'),
    layers.RandomTranslation(0.1, 0.1, fill_mode='constant'),
    layers.RandomZoom(0.1, fill_mode='constant'),
    *pair(32, 5),
    *pair(64, 3),
    layers.Flatten(),
    layers.Dense(round(256 * given.width), activation='relu'),
    layers.Dropout(0.5),
    layers.Dense(10, activation='softmax'),
])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
with tempfile.TemporaryDirectory() as folder:
    best = os.path.join(folder, 'best.keras')
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.001 * 0.8**epoch),
        keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(best, save_best_only=True),
    ]
    watch = Stopwatch()
    history = model.fit(
        images, targets, batch_size=given.batch_size, epochs=given.epochs, validation_split=0.1, callbacks=callbacks, verbose=0
    )
    seconds = watch.seconds()
loss, accuracy = model.evaluate(test_images, test_targets, batch_size=1000, verbose=0)
say('digit-recognizer', model, history, seconds, accuracy, loss)
