"""Layers of Keras 3 that encode categories: writes categories-keras.json.

usage: pip install keras tensorflow_cpu numpy; python categories_keras.py
Numbers are drawn by inputs.py: `categories/CASE`, those to adapt to `categories/CASE data`, of 23 examples, and in batches of
11, 9 and 3; those of categories are rounded.
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
from small_networks import camel

modes = ('one_hot', 'multi_hot', 'count')
# Class, options, the shape of one input, and between what its numbers lie.
cases = [
    *(('CategoryEncoding', {'num_tokens': 5, 'output_mode': mode}, shape, [0, 4]) for mode in modes for shape in ([1], [4])),
    ('CategoryEncoding', {'num_tokens': 5}, [3], [0, 4]), ('CategoryEncoding', {'num_tokens': 4, 'output_mode': 'one_hot'}, [2, 3], [0, 3]),
    ('CategoryEncoding', {'num_tokens': 4, 'output_mode': 'one_hot'}, [2, 1], [0, 3]),
    *(('Discretization', {'bin_boundaries': [-1.0, 0.0, 0.5, 2.0], 'output_mode': mode}, shape, [-3, 3]) for mode in ('int', *modes) for shape in ([1], [4])),
    ('Discretization', {'bin_boundaries': [0.25]}, [2, 3], [-1, 1]),
    *(('Discretization', {'num_bins': bins, **options}, [3], [-3, 3]) for bins, options in (
        (4, {}), (3, {'epsilon': 0.1}), (7, {'epsilon': 0.04}), (1, {}), (3, {'output_mode': 'count', 'epsilon': 0.2}), (40, {}))),
    *(('IntegerLookup', {'vocabulary': [3, -2, 7], 'output_mode': mode, **options}, shape, [-3, 8]) for shape in ([1], [4])
      for mode, options in (*((mode, {}) for mode in ('int', *modes)), ('int', {'num_oov_indices': 3, 'mask_token': 0}), ('count', {'num_oov_indices': 3, 'mask_token': 0}),
                            ('multi_hot', {'max_tokens': 6, 'pad_to_max_tokens': True}))),
    ('IntegerLookup', {'vocabulary': [0, -1, -1, 5, 6], 'num_oov_indices': 2, 'mask_token': 0}, [2, 3], [-4, 7]),
    ('IntegerLookup', {'vocabulary': [-2, -1, 0, 1, 2], 'num_oov_indices': 0, 'output_mode': 'count'}, [4], [-2, 2]),
    *(('IntegerLookup', {'vocabulary': [11, -12, 13], 'invert': True, **options}, [4], [-2, 6]) for options in (
        {}, {'oov_token': 9}, {'mask_token': 4, 'num_oov_indices': 2}, {'num_oov_indices': 0})),
    *(('IntegerLookup', options, [3], [-3, 6]) for options in (
        {}, {'max_tokens': 5, 'mask_token': 2}, {'output_mode': 'count', 'max_tokens': 4, 'oov_token': 3},
        {'output_mode': 'multi_hot', 'max_tokens': 20, 'pad_to_max_tokens': True}, {'invert': True, 'max_tokens': 4})),
]


def drawn(tag, shape, between, whole):
    low, high = between
    if whole:
        size = int(np.prod(shape))
        return (inputs.labels(tag, size, high - low + 1) + low).reshape(shape)
    return inputs.uniform(tag, shape, high - low, (high + low) / 2).astype('float32')


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(index, name, options, shape, between):
    tag, whole = f'categories/{index}', name != 'Discretization'
    x = drawn(tag, [6, *shape], between, whole)
    data = drawn(f'{tag} data', [23, *shape], between, whole)
    layer = getattr(layers, name)(**options)
    case = {'className': name, 'config': {camel(key): camel(value) if isinstance(value, str) else value for key, value in options.items()},
            'shape': shape, 'between': between}
    if 'num_bins' in options or name == 'IntegerLookup' and 'vocabulary' not in options:
        batched = getattr(layers, name)(**options)
        batched.adapt(tf.data.Dataset.from_generator(lambda: iter([data[:11], data[11:20], data[20:]]),
                                                     output_signature=tf.TensorSpec([None, *shape], data.dtype)))
        case['batched'] = numbers(batched(x))
        layer.adapt(data)
    y = np.asarray(layer(x))
    return {**case, 'output': list(y.shape[1:]), 'y': numbers(y)}


lines = ',\n'.join(json.dumps(record(i, *case)) for i, case in enumerate(cases))
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('categories-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
