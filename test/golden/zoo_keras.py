"""The ready-made models, as Keras 3 has them: writes zoo-keras.json, their parameters and, for small ones, their numbers.

usage: pip install keras tensorflow_cpu numpy; python zoo_keras.py
Layers are made in the order of Inkling's tree, so that parameter i is the same there. Parameters of small models and inputs
are drawn by inputs.py.
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
from keras import layers

import inputs


class Builder:
    """Applies layers and keeps them in the order in which they were made."""

    def __init__(self):
        self.made = []

    def __call__(self, layer, x):
        self.made.append(layer)
        return layer(x)

    def conv(self, x, filters, size, strides=1, **options):
        options = {'padding': 'same', 'use_bias': False, **options}
        return self(layers.Conv2D(filters, size, strides, **options), x)

    def dense(self, x, units, activation='relu'):
        return self(layers.Dense(units, activation=activation), x)


def lenet5(b, x, classes, padding='same'):
    for filters, pad in [(6, padding), (16, 'valid')]:
        x = b.conv(x / 255 if filters == 6 else x, filters, 5, padding=pad, use_bias=True, activation='tanh')
        x = layers.AveragePooling2D(2)(x)
    return b.dense(b.dense(b.dense(layers.Flatten()(x), 120, 'tanh'), 84, 'tanh'), classes, 'softmax')


def alexnet(b, x, classes):
    for i, (filters, size) in enumerate([(96, 3), (256, 5), (384, 3), (384, 3), (256, 3)]):
        x = b.conv(x, filters, size, use_bias=True, activation='relu')
        if i in (0, 1, 4):
            x = layers.MaxPooling2D(2)(x)
    return b.dense(b.dense(b.dense(layers.Flatten()(x), 4096), 4096), classes, 'softmax')


def resnet(depth, shortcut, width=1):
    def build(b, x, classes):
        x = layers.ReLU()(b(layers.BatchNormalization(), b.conv(x / 255, int(16 * width), 3)))
        for stack, filters in enumerate([16, 32, 64]):
            filters = int(filters * width)
            for i in range((depth - 2) // 6):
                strides = 2 if stack > 0 and i == 0 else 1
                y = layers.ReLU()(b(layers.BatchNormalization(), b.conv(x, filters, 3, strides)))
                y = b(layers.BatchNormalization(), b.conv(y, filters, 3))
                if strides == 2 and shortcut == 'A':
                    zeros = filters - x.shape[-1]
                    x = layers.Lambda(lambda v, zeros=zeros: tf.pad(v[:, ::2, ::2], [[0, 0]] * 3 + [[0, zeros]]))(x)
                elif strides == 2:
                    x = b(layers.BatchNormalization(), b.conv(x, filters, 1, 2))
                x = layers.ReLU()(layers.Add()([x, y]))
        return b.dense(layers.GlobalAveragePooling2D()(x), classes, 'softmax')
    return build


def divisible(value):
    near = max(8, int(value + 4) // 8 * 8)
    return near + 8 if near < 0.9 * value else near


def mobilenet(width=1.0, first_strides=1, second_strides=1):
    def build(b, x, classes):
        def activated(x):
            return layers.ReLU(6.0)(b(layers.BatchNormalization(momentum=0.999), x))
        x = activated(b.conv(x / 127.5 - 1, divisible(32 * width), 3, first_strides))
        stacks = [(1, 16, 1, 1), (6, 24, 2, second_strides), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                  (6, 160, 3, 2), (6, 320, 1, 1)]
        for expansion, filters, count, strides in stacks:
            filters = divisible(int(filters * width))
            for i in range(count):
                y = x if expansion == 1 else activated(b.conv(x, x.shape[-1] * expansion, 1))
                depthwise = layers.DepthwiseConv2D(3, strides if i == 0 else 1, padding='same', use_bias=False)
                y = b.conv(activated(b(depthwise, y)), filters, 1)
                y = b(layers.BatchNormalization(momentum=0.999), y)
                x = layers.Add()([x, y]) if x.shape == y.shape else y
        x = activated(b.conv(x, max(1280, divisible(1280 * width)), 1))
        return b.dense(layers.GlobalAveragePooling2D()(x), classes, 'softmax')
    return build


def vgg(depth, units, normalized, width=1):
    def build(b, x, classes):
        counts = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}[depth]
        x = x / 255
        for filters, count in zip([64, 128, 256, 512, 512], counts):
            for _ in range(count):
                x = b.conv(x, int(filters * width), 3, use_bias=not normalized)
                x = layers.ReLU()(b(layers.BatchNormalization(), x) if normalized else x)
            x = layers.MaxPooling2D(2, padding='same')(x)
        return b.dense(b.dense(b.dense(layers.Flatten()(x), units), units), classes, 'softmax')
    return build


def shallow(filters, units, activation):
    def build(b, x, classes):
        x = b.conv(x, filters, 3, padding='valid', use_bias=True, activation='relu')
        x = layers.Flatten()(layers.MaxPooling2D(2)(x))
        for count in units:
            x = b.dense(x, count)
        return b.dense(x, classes, activation)
    return build


def paired(b, x, classes):
    for filters, size in [(32, 5), (64, 3)]:
        for _ in range(2):
            x = b.conv(x, filters, size, use_bias=True, activation='relu')
        x = layers.MaxPooling2D(2)(x)
    return b.dense(b.dense(layers.Flatten()(x), 256), classes, 'softmax')


def stacked(b, x, classes):
    for i, filters in enumerate([32, 64, 64]):
        x = b.conv(x, filters, 3, use_bias=True, activation='relu')
        x = layers.MaxPooling2D(2)(x) if i < 2 else x
    return b.dense(b.dense(layers.Flatten()(x), 64), classes, 'softmax')


def normalized(width=1):
    def build(b, x, classes):
        x = x / 255
        for filters, size, padding, pooled in [(32, 5, 'valid', True), (48, 3, 'same', False), (48, 3, 'same', True),
                                               (96, 3, 'same', False), (96, 3, 'same', True)]:
            x = b.conv(x, int(filters * width), size, padding=padding)
            x = layers.MaxPooling2D(2)(x) if pooled else x
            x = layers.ReLU()(b(layers.BatchNormalization(momentum=0.98), x))
        return b.dense(layers.Flatten()(x), classes, 'softmax')
    return build


mnist, cifar = [28, 28, 1], [32, 32, 3]
# Factory, options, and how Keras builds it.
counted = [
    ('lenet5', {}, lenet5), ('lenet5', {'inputShape': [32, 32, 1]}, lambda *given: lenet5(*given, padding='valid')),
    ('alexnet', {}, alexnet),
    *[('resnet', {'depth': depth, 'inputShape': cifar}, resnet(depth, 'A')) for depth in (20, 32, 44, 56, 110)],
    ('resnet', {'depth': 20, 'shortcut': 'B', 'classes': 100}, resnet(20, 'B')),
    ('mobilenetV2', {}, mobilenet()), ('mobilenetV2', {'width': 0.5, 'inputShape': cifar}, mobilenet(0.5)),
    ('vgg', {'depth': 11}, vgg(11, 512, True)), ('vgg', {'depth': 13, 'inputShape': cifar}, vgg(13, 512, True)),
    ('vgg', {'depth': 16, 'units': 64}, vgg(16, 64, True)),
    ('vgg', {'depth': 19, 'units': 64, 'batchNormalization': False}, vgg(19, 64, False)),
    ('shallowCnn', {}, shallow(32, [128], 'softmax')),
    ('shallowCnn', {'filters': 30, 'units': [128, 64], 'outputActivation': 'sigmoid'}, shallow(30, [128, 64], 'sigmoid')),
    ('pairedCnn', {}, paired), ('stackedCnn', {}, stacked),
    ('normalizedCnn', {}, normalized()),
]
# Keras's own models; their parameters do not depend on the size of the images but for VGG's.
applications = [
    ('mobilenetV2', {'classes': 1000, 'inputShape': [224, 224, 3]}, lambda: keras.applications.MobileNetV2(weights=None)),
    ('mobilenetV2', {'classes': 1000, 'inputShape': [96, 96, 3], 'width': 0.35},
     lambda: keras.applications.MobileNetV2(weights=None, alpha=0.35, input_shape=(96, 96, 3))),
    ('vgg', {'classes': 5, 'inputShape': [64, 64, 3], 'units': 4096, 'batchNormalization': False},
     lambda: keras.applications.VGG16(weights=None, input_shape=(64, 64, 3), classes=5)),
]
trained = [
    ('lenet5', {'classes': 3}, lenet5),
    ('resnet', {'depth': 8, 'width': 0.25, 'inputShape': [9, 8, 2], 'classes': 3}, resnet(8, 'A', 0.25)),
    ('resnet', {'depth': 14, 'width': 0.25, 'inputShape': [8, 8, 2], 'classes': 3, 'shortcut': 'B'}, resnet(14, 'B', 0.25)),
    ('mobilenetV2', {'width': 0.1, 'inputShape': [12, 12, 2], 'classes': 3}, mobilenet(0.1)),
    ('vgg', {'depth': 11, 'width': 0.05, 'units': 8, 'inputShape': [9, 9, 2], 'classes': 3, 'dropout': 0},
     vgg(11, 8, True, 0.05)),
    ('normalizedCnn', {'width': 0.2, 'inputShape': [13, 12, 2], 'classes': 3, 'dropout': 0}, normalized(0.2)),
]


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def built(options, build):
    b = Builder()
    given = keras.Input(options.get('inputShape', mnist))
    return b, keras.Model(given, build(b, given, options.get('classes', 10)))


def count(factory, options, model):
    trainable = int(sum(np.prod(weight.shape) for weight in model.trainable_weights))
    return {'factory': factory, 'options': options, 'total': model.count_params(), 'trainable': trainable}


def record(factory, options, build):
    """The outputs with drawn parameters, then the losses of three steps of SGD, and the outputs behind them."""
    b, model = built(options, build)
    tag = f'zoo/{factory} {options.get("depth", "")}'
    weights = [weight for layer in b.made for weight in layer.weights]
    for i, weight in enumerate(weights):
        fans = int(np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 1
        offset = 1 if weight.path.endswith(('variance', 'gamma')) else 0
        scale = 0.5 if len(weight.shape) == 1 else 2 * np.sqrt(3 / fans)
        weight.assign((inputs.uniform(f'{tag}/{i}', weight.shape, 1) * np.float32(scale) + offset).astype('float32'))
    count = 6
    x = np.round(inputs.uniform(f'{tag}/x', [count, *options.get('inputShape', mnist)], 255, 127.5)).astype('float32')
    y = inputs.labels(f'{tag}/y', count, options['classes'])
    before = model.predict(x, verbose=0)
    model.compile(keras.optimizers.SGD(0.01), 'sparse_categorical_crossentropy')
    losses = [float(model.train_on_batch(x, y)) for _ in range(1)]
    losses += [float(model.evaluate(x, y, verbose=0, batch_size=count))]
    return {'factory': factory, 'options': options, 'shapes': [list(weight.shape) for weight in weights],
            'offsets': [1 if weight.path.endswith(('variance', 'gamma')) else 0 for weight in weights],
            'before': numbers(before), 'losses': losses, 'after': numbers(model.predict(x, verbose=0))}


counts = [count(factory, options, built(options, build)[1]) for factory, options, build in counted]
counts += [count(factory, options, make()) for factory, options, make in applications]
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
lines = [json.dumps(each) for each in counts]
records = [json.dumps(record(*case)) for case in trained]
Path(__file__).with_name('zoo-keras.json').write_text(
    f'{{"madeBy": "{made_by}", "counts": [\n' + ',\n'.join(lines) + '\n], "trained": [\n' + ',\n'.join(records) + '\n]}\n')
