"""One convolution and a dense layer on MNIST: 693,962 parameters; equal: examples/mnist-cnn.ts.

The description has the network and its aim of about 99% on the test set, no numbers of the training. Those here are the settings of
examples/mnist-cnn.ts, found on validation data: images turned by up to 10 degrees, moved by up to 6% and zoomed by up to 8%, Adam
whose rate falls from 0.002 to 0 along a half cosine, 10 epochs of batches of 64, the last tenth for validation. Without the
augmentation (--augment 0) such a network does not reach 99%.
"""
from twin import Stopwatch, mnist, options, say

given = options(epochs=10, batch_size=64, augment=1)
import keras
from keras import layers

(images, labels), (test_images, test_labels) = mnist(given)
augmentation = [
    layers.RandomRotation(10 / 360, fill_mode='constant'),
    layers.RandomTranslation(0.06, 0.06, fill_mode='constant'),
    layers.RandomZoom(0.08, fill_mode='constant'),
]
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    *(augmentation if given.augment else []),
    layers.Conv2D(32, 3, activation='relu'),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(128, activation='relu'),
    layers.Dense(10, activation='softmax'),
])
steps = -(-int(len(images) * 0.9) // given.batch_size) * given.epochs
rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
model.compile(optimizer=keras.optimizers.Adam(rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
watch = Stopwatch()
history = model.fit(images, labels, batch_size=given.batch_size, epochs=given.epochs, validation_split=0.1, verbose=0)
seconds = watch.seconds()
loss, accuracy = model.evaluate(test_images, test_labels, batch_size=1000, verbose=0)
say('mnist-cnn', model, history, seconds, accuracy, loss)
