"""Networks of composites, graphs and shared layers, as Keras 3 has them: writes composites-keras.json.

usage: pip install keras tensorflow_cpu numpy; python composites_keras.py
Inputs, parameters and the weights of the gradient, that of the sum of weights times the output, are drawn by inputs.py.
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


def conv(filters, size, name, **options):
    return layers.Conv2D(filters, size, name=name, **{'padding': 'same', **options})


def residual(x):
    y = conv(3, 3, 'second')(conv(3, 3, 'first', activation='relu')(x))
    return layers.ReLU()(layers.Add()([x, y]))


def projection(x):
    y = conv(4, 3, 'second')(conv(4, 3, 'first', strides=2, activation='relu')(x))
    return layers.ReLU()(layers.Add()([conv(4, 1, 'shortcut', strides=2)(x), y]))


def squeeze(x):
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Dense(3, activation='sigmoid', name='excite')(layers.Dense(2, activation='relu', name='squeeze')(y))
    return layers.Multiply()([x, y])


def inception(x):
    pooled = layers.MaxPooling2D(3, strides=1, padding='same')(x)
    return layers.Concatenate()([
        conv(2, 1, 'size1', activation='relu')(x),
        conv(2, 3, 'size3', activation='relu')(conv(2, 1, 'reduce3', activation='relu')(x)),
        conv(1, 5, 'size5', activation='relu')(conv(2, 1, 'reduce5', activation='relu')(x)),
        conv(1, 1, 'pooled', activation='relu')(pooled),
    ])


def dense_block(x):
    for i in range(2):
        y = conv(2, 3, f'growth{i}')(conv(4, 1, f'bottleneck{i}', activation='relu')(x))
        x = layers.Concatenate()([x, y])
    return x


def joined(layer):
    return lambda x: layer([conv(3, 3, 'a')(x), conv(3, 1, 'b', activation='sigmoid')(x)])


def dotted(axes, normalize):
    def build(x):
        a = layers.Reshape([16, 2])(conv(2, 3, 'a')(x))
        b = layers.Reshape([16, 4])(conv(4, 1, 'b')(x))
        return layers.Dot(axes, normalize=normalize)([a, b])
    return build


def cosine(x):
    flat = layers.Flatten()(x)
    a, b = layers.Dense(5, name='a')(flat), layers.Dense(5, name='b')(flat)
    return layers.Dot(-1, normalize=True)([a, b])


def graph(x):
    """A shared convolution, inputs of several ranks, and values that are used more than once."""
    shared = conv(3, 3, 'shared', activation='tanh')
    a = shared(x)
    b = shared(a)
    c = layers.GlobalAveragePooling2D()(b)
    d = layers.Add()([a, b, c])
    e = layers.Maximum()([layers.Subtract()([d, x]), layers.Minimum()([a, x])])
    return layers.Concatenate(axis=1)([e, layers.Average()([x, c]), d])


def shared(x):
    layer = layers.Dense(3, name='shared', activation='tanh')
    return layer(layers.ReLU()(layer(layer(x))))


cases = {
    'residual': (residual, [5, 4, 3]), 'projection': (projection, [5, 4, 3]), 'squeeze': (squeeze, [4, 4, 3]),
    'inception': (inception, [5, 5, 3]), 'dense block': (dense_block, [4, 5, 2]),
    'add': (joined(layers.Add()), [4, 4, 2]), 'subtract': (joined(layers.Subtract()), [4, 4, 2]),
    'multiply': (joined(layers.Multiply()), [4, 4, 2]), 'average': (joined(layers.Average()), [4, 4, 2]),
    'maximum': (joined(layers.Maximum()), [4, 4, 2]), 'minimum': (joined(layers.Minimum()), [4, 4, 2]),
    'concatenate rows': (joined(layers.Concatenate(axis=1)), [4, 4, 2]),
    'dot': (dotted(1, False), [4, 4, 2]), 'dot of unit vectors': (dotted([1, 1], True), [4, 4, 2]),
    'cosine': (cosine, [2, 3, 1]), 'graph': (graph, [4, 4, 3]), 'shared': (shared, [2, 3]),
}


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(name, build, shape):
    given = keras.Input(shape)
    model = keras.Model(given, build(given))
    keys = [weight.path for weight in model.weights]
    for weight, key in zip(model.weights, keys):
        weight.assign(inputs.uniform(f'composites/{name}/{key}', weight.shape, 1).astype('float32'))
    x = tf.constant(inputs.uniform(f'composites/{name}/x', [2, *shape], 4).astype('float32'))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
        weighted = tf.reduce_sum(y * inputs.uniform(f'composites/{name}/weights', y.shape, 2).astype('float32'))
    dx, *gradients = tape.gradient(weighted, [x, *(weight.value for weight in model.weights)])
    parameters = {key: numbers(gradient) for key, gradient in zip(keys, gradients)}
    return {'name': name, 'shape': shape, 'output': list(y.shape[1:]), 'count': model.count_params(), 'y': numbers(y),
            'dx': numbers(dx), 'parameters': parameters}


lines = ',\n'.join(json.dumps(record(name, *case)) for name, case in cases.items())
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('composites-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
