"""Normalization layers of Keras 3 that were adapted to data: writes adapt-keras.json.

usage: pip install keras tensorflow_cpu numpy; python adapt_keras.py
Data and inputs are drawn by inputs.py: `adapt/CASE` and `adapt/CASE x`. The batches have 7, 3 and 1 examples.
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

# The shape of one example, the axes, and the options beside them.
cases = [
    ([5], -1, {}), ([5], None, {}), ([3, 4], -1, {}), ([3, 4], 1, {}), ([3, 4], [1, 2], {}), ([3, 4], None, {'invert': True}),
    ([2, 3, 4], -1, {'invert': True}), ([2, 3, 4], [1, 3], {}), ([2, 3, 4], [3, 1], {}), ([2, 3, 4], [2], {}),
    ([2, 3, 4], [1, 2, 3], {}),
    ([2, 3, 4], -1, {'mean': [1.0, 2.0, 3.0, 4.0], 'variance': [1.0, 0.25, 4.0, 9.0]}),
    ([2, 3, 4], [1, 3], {'mean': [[1.0] * 4, [2.0] * 4], 'variance': [[1.0, 0.25, 4.0, 9.0], [2.0] * 4]}),
    ([2, 3, 4], [2, 3], {'mean': [1.0, 2.0, 3.0, 4.0], 'variance': [1.0, 0.25, 4.0, 9.0], 'invert': True}),
    ([2, 3, 4], [1, 2], {'mean': 3.0, 'variance': 4.0}),
]


def numbers(array):
    return [float(f'{number:.8g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(index, shape, axis, options):
    data = inputs.uniform(f'adapt/{index}', [11, *shape], 8, 3).astype('float32')
    x = inputs.uniform(f'adapt/{index} x', [2, *shape], 8, 3).astype('float32')
    layer = layers.Normalization(axis=axis, **options)
    case = {'shape': shape, 'axis': axis, 'options': options}
    if 'mean' not in options:
        layer.adapt(data)
        batched = layers.Normalization(axis=axis, **options)
        batched.adapt([data[:7], data[7:10], data[10:]])
        case['batched'] = numbers(batched(x))
    case['output'] = numbers(layer(x))
    return case


lines = ',\n'.join(json.dumps(record(i, *case)) for i, case in enumerate(cases))
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('adapt-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
