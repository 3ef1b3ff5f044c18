"""Primitive operations with ties, zeros and signs by Keras 3 on TensorFlow: writes primitives-keras.json.

usage: pip install keras tensorflow_cpu numpy; python primitives_keras.py
The gradient is that of the sum of weights times the output, the weights being 1, 2, 3, ...
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
from keras import ops

table = [[1, -2, 3, 3], [-4, 0, -4, 5], [0.5, 5, -0.5, 0]]
other = [[1, 2, 3, -3], [4, 0, -4, 5], [0.5, -5, 0.5, 1]]
positive = [[1, 2, 3, 0.5], [4, 0.25, 1.5, 5], [0.5, 5, 2.5, 1]]
powers = [[2, -1, 3, 0.5], [0, 2, 0.5, 1], [3, -2, 1.5, 2]]
whole = [[2, 3, 3, -1], [0, 2, -1, 1], [3, 1, 5, 2]]
row = [3, -2, 0.5, 5]
indices = [2, 0, 2]

cases = {
    'maximum': (ops.maximum, dict(a=table, b=other)),
    'maximum of a row': (ops.maximum, dict(a=table, b=row)),
    'minimum': (ops.minimum, dict(a=table, b=other)),
    'pow': (ops.power, dict(a=positive, b=powers)),
    'pow of negatives': (ops.power, dict(a=[[1, -2, 3, 3], [-4, 1, -4, 5], [0.5, 5, -0.5, 2]], b=whole)),
    'equal': (lambda a, b: ops.cast(ops.equal(a, b), 'float32'), dict(a=table, b=other)),
    'notEqual': (lambda a, b: ops.cast(ops.not_equal(a, b), 'float32'), dict(a=table, b=other)),
    'less': (lambda a, b: ops.cast(ops.less(a, b), 'float32'), dict(a=table, b=other)),
    'lessEqual': (lambda a, b: ops.cast(ops.less_equal(a, b), 'float32'), dict(a=table, b=other)),
    'greater': (lambda a, b: ops.cast(ops.greater(a, b), 'float32'), dict(a=table, b=other)),
    'greaterEqual': (lambda a, b: ops.cast(ops.greater_equal(a, b), 'float32'), dict(a=table, b=other)),
    'where': (lambda a, b: ops.where(ops.greater(a, b), a, b * b), dict(a=table, b=other)),
    'clip': (lambda a: ops.clip(a, -2, 3), dict(a=table)),
    'square': (ops.square, dict(a=table)),
    'negate': (ops.negative, dict(a=table)),
    'log1p': (ops.log1p, dict(a=positive)),
    'erf': (ops.erf, dict(a=table)),
    'sign': (ops.sign, dict(a=table)),
    'floor': (ops.floor, dict(a=table)),
    'max': (lambda a: ops.max(a, axis=1), dict(a=table)),
    'max of all': (ops.max, dict(a=table)),
    'min kept': (lambda a: ops.min(a, axis=0, keepdims=True), dict(a=table)),
    'argmax': (lambda a: ops.argmax(a, axis=1), dict(a=table)),
    'argmin': (lambda a: ops.argmin(a, axis=0), dict(a=table)),
    'concat': (lambda a, b: ops.concatenate([a, b, a], axis=1), dict(a=table, b=other)),
    'stack': (lambda a, b: ops.stack([a, b], axis=1), dict(a=table, b=other)),
    'split': (lambda a: ops.split(a, 2, axis=1)[1], dict(a=table)),
    'gather': (lambda a: ops.take(a, indices, axis=0), dict(a=table)),
    'gather columns': (lambda a: ops.take(a, indices, axis=1), dict(a=table)),
    'slice': (lambda a: ops.slice(a, [1, 0], [2, 3]), dict(a=table)),
    'pad': (lambda a: ops.pad(a, [[1, 0], [0, 2]], constant_values=7), dict(a=table)),
}


def record(name, compute, arrays):
    leaves = {key: tf.constant(array, 'float32') for key, array in arrays.items()}
    with tf.GradientTape() as tape:
        tape.watch(list(leaves.values()))
        y = compute(*leaves.values())
        weights = tf.reshape(tf.range(1, tf.size(y) + 1, dtype=tf.float32), tf.shape(y))
        loss = tf.reduce_sum(weights * tf.cast(y, tf.float32))
    gradients = {key: None if g is None else tf.convert_to_tensor(g) for key, g in tape.gradient(loss, leaves).items()}
    numbers = lambda x: np.asarray(x, dtype=np.float64).ravel().tolist()
    return {
        'name': name,
        'inputs': {key: {'shape': list(np.shape(array)), 'values': numbers(array)} for key, array in arrays.items()},
        'y': {'shape': [int(size) for size in y.shape], 'values': numbers(y)},
        # TensorFlow gives zeros where Inkling has no gradient at all.
        'gradients': {key: numbers(g) for key, g in gradients.items() if g is not None and np.any(g)},
    }


made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
records = [json.dumps(record(name, *case), separators=(',', ':')) for name, case in cases.items()]
text = ',\n'.join(records)
with open(Path(__file__).with_name('primitives-keras.json'), 'w') as file:
    file.write(f'{{"madeBy": "{made_by}", "cases": [\n{text}\n]}}\n')
