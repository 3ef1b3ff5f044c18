"""30 filters and sigmoid outputs with categorical cross-entropy on Kaggle's digits; equal: examples/kaggle-cnn.ts.

The description has network, Adam and loss. Keras's habits: batches of 32, 10 epochs, a fifth of train.csv kept for testing.
On TensorFlow Keras takes what the sigmoid is applied to as logits of a softmax; on PyTorch it divides the outputs by their sum,
as Keras's documentation says and Inkling does.
"""
from twin import Stopwatch, kaggle, options, say

given = options(epochs=10, batch_size=32)
import keras
import numpy as np
from keras import layers

images, labels = kaggle(given, 'train.csv')
order = np.random.permutation(len(images))
kept = len(images) // 5
train, test = order[kept:], order[:kept]
targets = keras.utils.to_categorical(labels, 10)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(30, 3, activation='relu'),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(128, activation='relu'),
    layers.Dense(64, activation='relu'),
    layers.Dense(10, activation='sigmoid'),
])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
watch = Stopwatch()
history = model.fit(images[train], targets[train], batch_size=given.batch_size, epochs=given.epochs, verbose=0)
seconds = watch.seconds()
loss, accuracy = model.evaluate(images[test], targets[test], batch_size=1000, verbose=0)
say('kaggle-cnn', model, history, seconds, accuracy, loss)
