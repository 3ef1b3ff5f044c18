"""AlexNet on Kaggle's digits, with dropout and early stopping on validation data; equal: examples/kaggle-alexnet.ts.

The description names AlexNet with dropout and early stopping, no numbers. Here: a quarter of its filters and units, which is enough
for 28x28 pixels, Adam, at most 8 epochs of batches of 128 (as Keras's own examples have them), the last tenth for validation,
and an end after two epochs that are not better.
"""
from twin import Stopwatch, kaggle, options, say, submission_labels

given = options(epochs=8, batch_size=128, width=0.25, dropout=0.5)
import keras
from keras import layers


def of_width(count):
    return max(1, round(count * given.width))


def conv(filters, size):
    return layers.Conv2D(of_width(filters), size, padding='same', activation='relu')


images, labels = kaggle(given, 'train.csv')
test_images, _ = kaggle(given, 'test.csv')
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    conv(96, 3), layers.MaxPooling2D(2),
    conv(256, 5), layers.MaxPooling2D(2),
    conv(384, 3), conv(384, 3), conv(256, 3), layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(of_width(4096), activation='relu'), layers.Dropout(given.dropout),
    layers.Dense(of_width(4096), activation='relu'), layers.Dropout(given.dropout),
    layers.Dense(10, activation='softmax'),
])
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
watch = Stopwatch()
history = model.fit(
    images, labels, batch_size=given.batch_size, epochs=given.epochs, validation_split=0.1, callbacks=[stopping], verbose=0
)
seconds = watch.seconds()
predicted = model.predict(test_images, batch_size=1000, verbose=0).argmax(1)
say('kaggle-alexnet', model, history, seconds, (predicted == submission_labels(given)).mean())
