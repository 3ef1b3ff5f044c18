"""Layers that are made of operations, by Keras 3: writes layers-keras.json.

usage: pip install keras tensorflow_cpu numpy; python layers_keras.py
Inputs and the weights of the gradient, that of the sum of weights times the output, are drawn by inputs.py.
"""
import json
import os
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
from keras import layers

import inputs

# Class, options, and the shape of one input.
cases = [
    ('Rescaling', {'scale': 0.5, 'offset': -1}, [3, 4]),
    ('ReLU', {}, [3, 4]),
    ('LeakyReLU', {'negative_slope': 0.2}, [3, 4]),
    ('ELU', {'alpha': 0.7}, [3, 4]),
    ('Softmax', {}, [3, 4]),
    ('Flatten', {}, [2, 3, 2]),
    ('Reshape', {'target_shape': [4, -1]}, [2, 3, 2]),
    ('GlobalAveragePooling2D', {'keepdims': True}, [3, 4, 2]),
    ('GlobalMaxPooling2D', {}, [3, 4, 2]),
    ('UnitNormalization', {}, [3, 4]),
    ('UnitNormalization', {'axis': 1}, [3, 4]),
    ('UnitNormalization', {'axis': [1, -1]}, [2, 3, 2]),
]


def camel(name):
    """Keras's name of an option as Inkling has it."""
    return {'keepdims': 'keepDims'}.get(name, re.sub(r'_(\w)', lambda match: match[1].upper(), name))


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(name, options, shape):
    layer = getattr(layers, name)(**options)
    x = tf.constant(inputs.uniform('layers/x', [2, *shape], 4).astype('float32'))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        weighted = tf.reduce_sum(y * inputs.uniform('layers/weights', y.shape, 2).astype('float32'))
    config = {camel(option): value for option, value in options.items()}
    return {'className': name, 'config': config, 'shape': shape, 'output': list(y.shape[1:]), 'y': numbers(y),
            'dx': numbers(tape.gradient(weighted, x))}


lines = ',\n'.join(json.dumps(record(*case)) for case in cases)
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('layers-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
