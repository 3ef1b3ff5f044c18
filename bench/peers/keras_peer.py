"""Keras on TensorFlow: training with Adam and inference. Argument: a job, see job.ts."""
import os
import statistics
import time

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import tensorflow as tf

from job import batches_of_a_pass, images_and_labels, job, median_of_predictions, say

tf.config.threading.set_intra_op_parallelism_threads(job['threads'])
images, labels = images_and_labels()

LAYERS = {
    'Conv2D': lambda c: keras.layers.Conv2D(
        c['filters'], c['kernelSize'], c['strides'], padding=c['padding'], activation=c['activation'], use_bias=c['useBias']
    ),
    'MaxPooling2D': lambda c: keras.layers.MaxPooling2D(c['poolSize'], c['strides'], padding=c['padding']),
    'Flatten': lambda c: keras.layers.Flatten(),
    'Dense': lambda c: keras.layers.Dense(c['units'], activation=c['activation']),
    'Dropout': lambda c: keras.layers.Dropout(c['rate']),
    'DepthwiseConv2D': lambda c: keras.layers.DepthwiseConv2D(
        c['kernelSize'], c['strides'], padding=c['padding'], activation=c['activation'], use_bias=c['useBias']
    ),
    'BatchNormalization': lambda c: keras.layers.BatchNormalization(momentum=c['momentum'], epsilon=c['epsilon']),
    'ReLU': lambda c: keras.layers.ReLU(c.get('maxValue')),
    'GlobalAveragePooling2D': lambda c: keras.layers.GlobalAveragePooling2D(),
}


def applied(layers, x):
    """The layers one after the other."""
    for layer in layers:
        config, children = layer['config'], layer['children']
        if layer['className'] == 'Residual':
            count = len(config['layers'])
            x = keras.layers.Add()([applied(children[count:], x), applied(children[:count], x)])
            x = keras.layers.ReLU()(x) if config['activation'] == 'relu' else x
        elif layer['className'] == 'Shortcut':
            x = applied(children, x)
        elif layer['className'] == 'PaddedShortcut':
            strides, zeros = config['strides'], config['filters'] - x.shape[-1]
            x = keras.ops.pad(x[:, ::strides, ::strides], [[0, 0], [0, 0], [0, 0], [0, zeros]])
        else:
            x = LAYERS[layer['className']](config)(x)
    return x


class EpochTimes(keras.callbacks.Callback):
    """Times the epochs alone: what `fit` does before them is not counted."""

    def __init__(self):
        super().__init__()
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(time.perf_counter() - self.start)


def new_model():
    x = keras.Input(job['layers'][0]['inputShape'])
    model = keras.Model(x, applied(job['layers'], x))
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


for batch in job['train']['batchSizes']:
    model, epochs = new_model(), EpochTimes()
    count = batches_of_a_pass(batch) * batch
    rounds = 1 + job['train']['passes']
    model.fit(images[:count], labels[:count], batch_size=batch, epochs=rounds, verbose=0, callbacks=[epochs])
    speed = count / statistics.median(epochs.times[1:])
    say('keras', 'train', batch, speed, parameters=model.count_params())

for batch in job['infer']['batchSizes']:
    model, x = new_model(), images[:batch]
    speed = batch / median_of_predictions(lambda: model.predict_on_batch(x))
    say('keras', 'infer', batch, speed, parameters=model.count_params())
