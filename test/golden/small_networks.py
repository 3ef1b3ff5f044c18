"""Small Keras networks with weights that are drawn from tags, for the scripts of goldens beside this one.

Layer i of network `tag` has the kernel uniform(`tag/kernel i`, scale 2) and the bias uniform(`tag/bias i`, scale 1/2).
"""
import os
import re

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np
import tensorflow as tf
from keras import layers

import inputs

tf.config.threading.set_intra_op_parallelism_threads(1)


def network(tag, features, *stack):
    """Dense layers as (units, activation)."""
    model = keras.Sequential([keras.Input((features,)), *(layers.Dense(units, activation=name) for units, name in stack)])
    for i, layer in enumerate(model.layers):
        kernel, bias = layer.weights
        kernel.assign(inputs.uniform(f'{tag}/kernel {i}', kernel.shape, 2).astype('float32'))
        bias.assign(inputs.uniform(f'{tag}/bias {i}', bias.shape, 0.5).astype('float32'))
    return model


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def weights(model):
    return [numbers(array) for array in model.get_weights()]


def camel(name):
    """Keras's name of a class or an option as Inkling has it: `meanSquaredError`, `fromLogits`, `clipNorm`."""
    name = {'clipvalue': 'clip_value', 'clipnorm': 'clip_norm', 'global_clipnorm': 'global_clip_norm'}.get(name, name)
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name[0].lower() + name[1:])


def targets(tag, kind, shape):
    """For outputs of that shape: class numbers, distributions over the columns, zeros and ones, small counts, signs, or numbers."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    if kind in ('classes', 'ignored', 'oneHot'):
        labels = inputs.labels(tag, rows, columns)
        if kind == 'oneHot':
            return np.eye(columns, dtype='float32')[labels].reshape(shape)
        if kind == 'ignored':
            labels[1::3] = 255
        return labels.reshape(shape[:-1])
    if kind == 'distributions':
        return inputs.soft_targets(tag, rows, columns).reshape(shape)
    if kind == 'numbers':
        return inputs.uniform(tag, shape, 2).astype('float32')
    drawn = inputs.labels(tag, rows * columns, 5 if kind == 'counts' else 2).reshape(shape).astype('float32')
    return 2 * drawn - 1 if kind == 'signs' else drawn
