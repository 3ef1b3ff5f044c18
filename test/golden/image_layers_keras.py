"""Layers on images with drawn options by Keras 3: writes convolution-layers-keras.json, image-layers-keras.json,
adaptive-pooling-keras.json and einsum-dense-keras.json.

usage: pip install keras tensorflow_cpu numpy; python image_layers_keras.py
Inputs, parameters and the weights of the gradient, that of the sum of weights times the output, are drawn by inputs.py.
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
from keras import layers

import inputs

draw = random.Random(20261121)
one_of = draw.choice


def size(most):
    """For both axes, or one for each."""
    return one_of([draw.randint(1, most), [draw.randint(1, most), draw.randint(1, most)]])


def convolution(most_stride=3, equal_strides=False):
    """Keras allows strides or dilation, not both; TensorFlow's depthwise convolutions only equal strides."""
    options = {'kernel_size': size(4), 'padding': one_of(['valid', 'same'])}
    if draw.random() < 0.6:
        options['strides'] = draw.randint(1, most_stride) if equal_strides else size(most_stride)
    else:
        options['dilation_rate'] = size(2)
    if draw.random() < 0.3:
        options['use_bias'] = False
    if draw.random() < 0.3:
        options['activation'] = one_of(['relu', 'elu'])
    return options


def conv2d():
    groups = one_of([1, 1, 2, 3])
    channels = groups * draw.randint(1, 3)
    return {**convolution(), 'filters': groups * draw.randint(1, 3), 'groups': groups}, channels


def depthwise():
    return {**convolution(equal_strides=True), 'depth_multiplier': draw.randint(1, 3)}, draw.randint(1, 9)


def separable():
    options = {**convolution(equal_strides=True), 'filters': draw.randint(1, 5), 'depth_multiplier': draw.randint(1, 2)}
    return options, draw.randint(1, 4)


def transpose():
    options = {**convolution(), 'filters': draw.randint(1, 4)}
    both = lambda given: given if isinstance(given, list) else [given, given]
    strides, kernel = both(options.get('strides', 1)), both(options['kernel_size'])
    if 'dilation_rate' not in options and draw.random() < 0.5:
        least = [1 if options['padding'] == 'same' and k % 2 == 0 else 0 for k in kernel]
        if all(a < s for a, s in zip(least, strides)):
            options['output_padding'] = [draw.randint(a, s - 1) for a, s in zip(least, strides)]
    return options, draw.randint(1, 4)


def pooling():
    options = {'pool_size': size(4), 'padding': one_of(['same', 'same', 'valid'])}
    if draw.random() < 0.7:
        options['strides'] = size(4)
    return options, draw.randint(1, 5)


def sides():
    pair = lambda: [draw.randint(0, 2), draw.randint(0, 2)]
    return one_of([draw.randint(0, 2), pair(), [pair(), pair()]])


def resizing():
    options = {'height': draw.randint(1, 9), 'width': draw.randint(1, 9),
               'interpolation': one_of(['nearest', 'bilinear'])}
    ratio = one_of([None, 'crop_to_aspect_ratio', 'pad_to_aspect_ratio'])
    if ratio is not None:
        options[ratio] = True
    if ratio == 'pad_to_aspect_ratio':
        options['fill_value'] = 0.5
    return options, draw.randint(1, 3)


einsum_cases = [
    ('ab,bc->ac', [5], 3, 'c'), ('abc,cd->abd', [4, 3], [4, 5], 'd'), ('abc,cd->abd', [4, 3], [None, 5], None), ('abc,bd->acd', [4, 3], [3, 2], 'cd'),
    ('abcd,cde->abe', [2, 3, 4], [2, 5], 'e'), ('abcd,de->abce', [2, 3, 4], [None, None, 5], 'e'), ('abcd,bde->abce', [2, 3, 4], [2, 3, 2], 'bce'),
    ('abc,cd->ad', [4, 3], 5, 'd'), ('abcd,be->aedc', [2, 3, 4], [5, 4, 3], 'ec'), ('...a,ab->...b', [5], 2, 'b'), ('...a,ab->...b', [2, 3, 5], 2, 'b'),
    ('...ab,bc->...cb', [2, 3, 4], [6, 4], 'c'), ('ab...,bc->ac...', [5], 3, 'c'), ('ab...,bc->ac...', [5, 2, 3], 4, 'c'),
]
einsum_left = iter(einsum_cases)


def einsum():
    equation, shape, output, bias = next(einsum_left)
    options = {'equation': equation, 'output_shape': output, 'bias_axes': bias, 'activation': one_of(['linear', 'elu'])}
    return options, shape


files = {
    'convolution-layers': {
        'Conv2D': (conv2d, 10),
        'DepthwiseConv2D': (depthwise, 10),
        'SeparableConv2D': (separable, 6),
        'Conv2DTranspose': (transpose, 14),
    },
    'image-layers': {
        'MaxPooling2D': (pooling, 6),
        'AveragePooling2D': (pooling, 6),
        'ZeroPadding2D': (lambda: ({'padding': sides()}, 2), 3),
        'Cropping2D': (lambda: ({'cropping': sides()}, 2), 3),
        'UpSampling2D': (lambda: ({'size': size(3), 'interpolation': one_of(['nearest', 'bilinear'])}, 2), 5),
        'Resizing': (resizing, 10),
        'GlobalAveragePooling2D': (lambda: ({'keepdims': one_of([True, False])}, 3), 2),
        'GlobalMaxPooling2D': (lambda: ({'keepdims': one_of([True, False])}, 3), 2),
    },
    'adaptive-pooling': {
        'AdaptiveAveragePooling2D': (lambda: ({'output_size': size(8)}, 2), 8),
        'AdaptiveMaxPooling2D': (lambda: ({'output_size': size(8)}, 2), 8),
    },
    'einsum-dense': {
        'EinsumDense': (einsum, len(einsum_cases)),
    },
}


def camel(name):
    """Keras's name of an option as Inkling has it."""
    return {'keepdims': 'keepDims'}.get(name, re.sub(r'_(\w)', lambda match: match[1].upper(), name))


def numbers(array):
    return [float(f'{number:.7g}') for number in np.asarray(array, dtype='float64').ravel()]


def record(name, make, number):
    # Draws again what does not fit into the image.
    while True:
        options, channels = make()
        shape = channels if isinstance(channels, list) else [draw.randint(3, 6), draw.randint(3, 6), channels]
        try:
            layer = getattr(layers, name)(**options)
            if all(axis is None or axis > 0 for axis in layer.compute_output_shape((2, *shape))[1:]):
                break
        except ValueError:
            pass
    tag = f'{name} {number}'
    x = tf.constant(inputs.uniform(f'{tag}/x', [2, *shape], 4).astype('float32'))
    layer.build((2, *shape))
    for weight in layer.weights:
        weight.assign(inputs.uniform(f'{tag}/{weight.name}', weight.shape, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        weighted = tf.reduce_sum(y * inputs.uniform(f'{tag}/weights', y.shape, 2).astype('float32'))
    leaves = {'x': x, **{weight.name: weight.value for weight in layer.weights}}
    gradients = tape.gradient(weighted, list(leaves.values()))
    return {
        'tag': tag,
        'className': name,
        'config': {camel(option): value for option, value in options.items()},
        'shape': shape,
        'output': list(y.shape[1:]),
        'parameters': {weight.name: list(weight.shape) for weight in layer.weights},
        'y': numbers(y),
        'gradients': {key: numbers(tf.convert_to_tensor(g)) for key, g in zip(leaves, gradients)},
    }


made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
for file, drawn in files.items():
    cases = [record(name, make, i) for name, (make, count) in drawn.items() for i in range(count)]
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    text = f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name(f'{file}-keras.json').write_text(text)
