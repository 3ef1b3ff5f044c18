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
from keras import activations, initializers, layers

import inputs

# Class, options, the shape of one input, and how wide its numbers lie around 0, which is 4 if left out.
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
    ('ReLU', {'max_value': 1.5}, [3, 4]),
    ('ReLU', {'negative_slope': 0.25}, [3, 4]),
    ('ReLU', {'max_value': 1.2, 'negative_slope': 0.1, 'threshold': 0.4}, [3, 4]),
    ('ReLU', {'threshold': 0.75}, [3, 4]),
    ('ReLU', {'max_value': 6}, [3, 4], 16),
    ('PReLU', {}, [3, 4]),
    ('PReLU', {'alpha_initializer': initializers.Constant(0.3)}, [2, 3, 2]),
    ('PReLU', {'alpha_initializer': initializers.Constant(-0.2), 'shared_axes': [1, 2]}, [2, 3, 2]),
    ('Softmax', {'axis': 1}, [3, 4]),
    ('Softmax', {'axis': [1, 3]}, [2, 3, 2]),
    ('Softmax', {'axis': [-1, -2]}, [2, 3, 2]),
    ('Permute', {'dims': [2, 3, 1]}, [2, 3, 4]),
    ('RepeatVector', {'n': 3}, [5]),
    ('GLU', {}, [3, 4]),
    ('GLU', {'axis': 1}, [2, 3, 2]),
    ('Identity', {}, [3, 4]),
    ('ActivityRegularization', {'l1': 0.1}, [3, 4]),
    *(('Activation', {'activation': name}, [3, 4], 12) for name in (
        'linear', 'relu', 'leaky_relu', 'relu6', 'elu', 'selu', 'celu', 'gelu', 'silu', 'swish', 'mish', 'sigmoid', 'tanh',
        'softmax', 'log_softmax', 'log_sigmoid', 'softplus', 'softsign', 'exponential', 'hard_sigmoid', 'hard_silu',
        'hard_swish', 'hard_tanh', 'hard_shrink', 'soft_shrink', 'tanh_shrink', 'squareplus', 'sparse_plus',
        'sparse_sigmoid')),
    ('Activation', {'activation': ('relu', {'max_value': 2.0, 'negative_slope': 0.3, 'threshold': 0.5})}, [3, 4], 12),
    ('Activation', {'activation': ('leaky_relu', {'negative_slope': 0.05})}, [3, 4]),
    ('Activation', {'activation': ('elu', {'alpha': 1.7})}, [3, 4]),
    ('Activation', {'activation': ('celu', {'alpha': 0.4})}, [3, 4]),
    ('Activation', {'activation': ('gelu', {'approximate': True})}, [3, 4], 12),
    ('Activation', {'activation': ('softmax', {'axis': 1})}, [3, 4]),
    ('Activation', {'activation': ('log_softmax', {'axis': 2})}, [3, 4, 2], 12),
    ('Activation', {'activation': ('squareplus', {'b': 0.5})}, [3, 4]),
    ('Activation', {'activation': ('hard_shrink', {'threshold': 1.1})}, [3, 4]),
    ('Activation', {'activation': ('soft_shrink', {'threshold': 0.3})}, [3, 4]),
    ('Activation', {'activation': ('threshold', {'threshold': 0.25, 'default_value': -1.5})}, [3, 4]),
]


def camel(name):
    """Keras's name of an option, or of an activation, as Inkling has it."""
    return {'keepdims': 'keepDims'}.get(name, re.sub(r'_(\w)', lambda match: match[1].upper(), name))


def as_json(option, value):
    """An option as Inkling has it in a config."""
    if isinstance(value, initializers.Constant):
        return {'name': 'constant', 'value': value.value}
    if option != 'activation':
        return value
    if isinstance(value, str):
        return camel(value)
    return {'name': camel(value[0]), **{camel(key): each for key, each in value[1].items()}}


def as_keras(option, value):
    """An option as Keras takes it: an activation with options is a function."""
    if option != 'activation' or isinstance(value, str):
        return value
    return lambda x: getattr(activations, value[0])(x, **value[1])


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(name, options, shape, scale=4):
    if name == 'GLU':  # Keras has it as a function alone.
        layer = lambda x: activations.glu(x, **options)
    else:
        layer = getattr(layers, name)(**{option: as_keras(option, value) for option, value in options.items()})
    x = tf.constant(inputs.uniform('layers/x', [2, *shape], scale).astype('float32'))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        weighted = tf.reduce_sum(y * inputs.uniform('layers/weights', y.shape, 2).astype('float32'))
    config = {camel(option): as_json(option, value) for option, value in options.items()}
    return {'className': name, 'config': config, 'shape': shape, 'scale': scale, 'output': list(y.shape[1:]),
            'y': numbers(y), 'dx': numbers(tape.gradient(weighted, x))}


lines = ',\n'.join(json.dumps(record(*case)) for case in cases)
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('layers-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
