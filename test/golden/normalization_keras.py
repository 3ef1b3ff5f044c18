"""What Keras 3 computes while networks with normalizations train: writes normalization-keras.json.

usage: pip install keras tensorflow_cpu numpy; python normalization_keras.py
A network is a dense layer without bias over the last axis and behind it the normalization, so that the gradient of its
input shows in the kernel. The loss is the sum of weights times outputs, its step is that of SGD. Everything is drawn by
inputs.py from tags: `CASE/kernel`, `CASE/x STEP`, `CASE/weights STEP`, and `CASE/NAME` for each weight of the layer.
"""
import json
import os
import random
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
from keras import layers, optimizers

import inputs

steps = 3
examples = 6
rate = 0.125


def drawn_batch_normalizations():
    draw = random.Random(20261121)
    shapes = [[5], [4, 3], [3, 4, 5], [2, 3, 6], [4, 4, 17]]
    for i in range(14):
        shape = shapes[i % len(shapes)]
        options = {
            'axis': draw.choice([-1, -1, draw.randint(1, len(shape)), -len(shape)]),
            'momentum': draw.choice([0.99, 0.9, 0.5, 0.0]),
            'epsilon': draw.choice([1e-3, 1e-5, 0.1]),
            'center': draw.random() < 0.7,
            'scale': draw.random() < 0.7,
        }
        yield 'BatchNormalization', shape, options, draw.random() < 0.8
    for shape, options in [
        ([3, 4, 5], {}),
        ([4, 3], {'axis': 1, 'renorm_momentum': 0.5, 'renorm_clipping': {'rmax': 1.1, 'rmin': 0.9, 'dmax': 0.25}}),
        ([5], {'momentum': 0.5, 'center': False, 'scale': False, 'renorm_clipping': {'dmax': 0.5}}),
        ([3, 4, 5], {'axis': 2, 'renorm_momentum': 0.9, 'scale': False, 'epsilon': 0.1}),
    ]:
        yield 'BatchNormalization', shape, {**options, 'renorm': True}, True
    yield 'BatchNormalization', [3, 4, 5], {}, True
    yield 'BatchNormalization', [3, 4, 5], {}, False


def drawn_others():
    draw = random.Random(20261122)
    flags = lambda: {'center': draw.random() < 0.7, 'scale': draw.random() < 0.7}
    epsilon = lambda: draw.choice([1e-3, 1e-5, 0.1])
    for shape, axis in [
        ([7], -1), ([4, 3], -1), ([4, 3], 1), ([4, 3], [1, 2]), ([3, 4, 5], [-1]), ([3, 4, 5], [1, 2]), ([3, 4, 5], [1, 3]),
        ([3, 4, 5], [3, 2]), ([3, 4, 5], 2), ([2, 3, 2, 3], [1, 3]), ([3, 4, 5], [1, 2, 3]),
    ]:
        yield 'LayerNormalization', shape, {'axis': axis, 'epsilon': epsilon(), **flags()}, True
        # Keras does not repeat the scale along axes in front of others.
        places = sorted({each % (len(shape) + 1) for each in (axis if isinstance(axis, list) else [axis])})
        if places == list(range(places[0], len(shape) + 1)):
            yield 'RMSNormalization', shape, {'axis': axis, 'epsilon': epsilon()}, True
    for shape, axis, groups in [
        ([6], -1, 3), ([6], -1, -1), ([3, 4, 6], -1, 2), ([3, 4, 6], -1, -1), ([3, 4, 6], 3, 6), ([3, 4, 6], -1, 1),
        ([6, 3, 4], 1, 3), ([3, 4, 5], 2, 2), ([3, 4, 5], -2, 4), ([2, 17, 4], -1, 2),
    ]:
        yield 'GroupNormalization', shape, {'groups': groups, 'axis': axis, 'epsilon': epsilon(), **flags()}, True
    yield 'LayerNormalization', [3, 4], {}, True
    yield 'RMSNormalization', [3, 4], {}, True
    yield 'GroupNormalization', [2, 32], {}, True


def camel(name):
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name)


def numbers(array):
    return [float(f'{number:.6g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(index, name, shape, options, trainable):
    """The losses of the steps, then the weights, in their order by layers, and a prediction."""
    tag = f'normalization/{name} {index}'
    layer = getattr(layers, name)(**options)
    network = keras.Sequential([keras.Input(shape), layers.Dense(shape[-1], use_bias=False), layer])
    network.layers[0].kernel.assign(inputs.uniform(f'{tag}/kernel', [shape[-1], shape[-1]], 2))
    for weight in layer.weights:
        # Variances and factors are positive.
        offset = 0 if weight.name in ('beta', 'moving_mean', 'renorm_mean') else 1
        weight.assign(inputs.uniform(f'{tag}/{weight.name}', weight.shape, 1, offset))
    layer.trainable = trainable
    optimizer = optimizers.SGD(rate)
    losses = []
    for step in range(steps):
        x = inputs.uniform(f'{tag}/x {step}', [examples, *shape], 4, 1).astype('float32')
        weights = inputs.uniform(f'{tag}/weights {step}', [examples, *shape], 2).astype('float32')
        with tf.GradientTape() as tape:
            # The mean over the rows, as in Inkling, of the sum over the last axis.
            loss = tf.reduce_mean(tf.reduce_sum(network(x, training=True) * weights, axis=-1))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        losses.append(loss)
    x = inputs.uniform(f'{tag}/x {steps}', [examples, *shape], 4, 1).astype('float32')
    return {
        'className': name, 'shape': shape, 'trainable': trainable,
        'config': {camel(option): value for option, value in options.items()}, 'losses': numbers(losses),
        'weights': {weight.name: numbers(weight) for weight in network.weights}, 'output': numbers(network(x)),
    }


cases = [*drawn_batch_normalizations(), *drawn_others()]
lines = ',\n'.join(json.dumps(record(i, *case)) for i, case in enumerate(cases))
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
head = f'"madeBy": "{made_by}", "steps": {steps}, "examples": {examples}, "rate": {rate}'
Path(__file__).with_name('normalization-keras.json').write_text(f'{{{head}, "cases": [\n{lines}\n]}}\n')
