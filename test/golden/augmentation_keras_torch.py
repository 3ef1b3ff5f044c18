"""Images read at other places, by PyTorch and Keras 3, and Gaussian smoothing by NumPy: writes augmentation.json.

usage: pip install keras tensorflow_cpu torch numpy; python augmentation_keras_torch.py
Inputs are drawn by inputs.py. Layers have ranges with both ends alike, so that what they draw is known.
"""
import itertools
import json
import os
import random
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
import torch
from keras import layers
from keras.src.backend.torch import image as torch_image

import inputs
from golden import compact

draw = random.Random(20261121)


def numbers(array):
    return [compact(number) for number in np.asarray(array, dtype=np.float64).ravel()]


def resampled():
    """PyTorch's grid_sample with its gradient; its modes are zeros, border and reflection at the edges of pixels."""
    modes = {'constant': 'zeros', 'nearest': 'border', 'reflect': 'reflection'}
    for index in range(18):
        fill_mode = list(modes)[index % 3]
        interpolation = ['bilinear', 'nearest'][index // 9]
        n, h, w, c = draw.randint(1, 3), draw.randint(2, 7), draw.randint(2, 7), draw.choice([1, 2, 5])
        p, q = draw.randint(1, 8), draw.randint(1, 8)
        tag = f'resample {index}'
        x = torch.tensor(inputs.uniform(f'{tag}/x', [n, h, w, c], 4), requires_grad=True)
        matrix = inputs.uniform(f'{tag}/matrix', [6, n], 4)
        is_shifted = index % 2 == 1
        shift = inputs.uniform(f'{tag}/shift', [p, n, 2, q], 4) if is_shifted else np.zeros([p, n, 2, q])
        columns = np.arange(q)[None, None, :] + shift[:, :, 0, :].transpose(1, 0, 2)
        rows = np.arange(p)[None, :, None] + shift[:, :, 1, :].transpose(1, 0, 2)
        m = matrix.T[:, :, None, None]
        u = m[:, 0] * columns + m[:, 1] * rows + m[:, 2]
        v = m[:, 3] * columns + m[:, 4] * rows + m[:, 5]
        grid = torch.tensor(np.stack([(2 * u + 1) / w - 1, (2 * v + 1) / h - 1], -1))
        y = torch.nn.functional.grid_sample(
            x.permute(0, 3, 1, 2), grid, interpolation, modes[fill_mode], align_corners=False
        ).permute(0, 2, 3, 1)
        weights = torch.tensor(inputs.uniform(f'{tag}/weights', [n, p, q, c], 2))
        (y * weights).sum().backward()
        yield {
            'tag': tag,
            'images': [n, h, w, c],
            'size': [p, q],
            'interpolation': interpolation,
            'fillMode': fill_mode,
            'isShifted': is_shifted,
            'y': numbers(y.detach()),
            'dx': numbers(x.grad),
        }


def wrapped():
    """Keras's map_coordinates, whose images go on beyond their edges."""
    for index in range(4):
        interpolation = ['bilinear', 'nearest'][index % 2]
        h, w = draw.randint(2, 6), draw.randint(2, 6)
        tag = f'wrap {index}'
        x = inputs.uniform(f'{tag}/x', [h, w], 4)
        matrix = inputs.uniform(f'{tag}/matrix', [6], 4)
        p, q = 6, 7
        rows, columns = np.meshgrid(np.arange(p), np.arange(q), indexing='ij')
        u = matrix[0] * columns + matrix[1] * rows + matrix[2]
        v = matrix[3] * columns + matrix[4] * rows + matrix[5]
        y = keras.ops.image.map_coordinates(
            x.astype('float32'), np.stack([v, u]).astype('float32'), 1 - index % 2, fill_mode='wrap'
        )
        yield {'tag': tag, 'images': [1, h, w, 1], 'size': [p, q], 'interpolation': interpolation, 'y': numbers(y)}


with_gradients = ['RandomHue', 'RandomGaussianBlur']


def with_gradient(layer, x):
    """The output, and the gradient of its sum."""
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = layer(given, training=True)
        loss = tf.reduce_sum(y)
    dx = tape.gradient(loss, given)
    return numbers(y), numbers(tf.zeros_like(given) if dx is None else dx)


def hue_gradient(x, config, expected):
    """The gradient of the sum by PyTorch through Keras's conversions; TensorFlow has none. The side is that of the outcome."""
    low, high = config.get('value_range', (0, 255))
    for turn in [0.5, -0.5]:
        given = torch.tensor(x, requires_grad=True)
        hue, saturation, value = torch_image.rgb_to_hsv((given - low) / (high - low)).unbind(-1)
        hue = torch.remainder(hue + turn * config['factor'][0], 1)
        y = torch_image.hsv_to_rgb(torch.stack([hue, saturation, value], -1)).clip(0, 1) * (high - low) + low
        if np.abs(numbers(y.detach()) - expected).max() < 1e-4 * (high - low):
            y.sum().backward()
            return numbers(given.grad)
    raise ValueError('neither side gives the outcome')


def keras_layers():
    # In which order outcomes come.
    keras.utils.set_random_seed(1)
    reading = lambda: {
        'fill_mode': draw.choice(['constant', 'nearest', 'reflect']),
        'interpolation': draw.choice(['bilinear', 'nearest']),
        'fill_value': draw.choice([0.0, 1.5]),
    }
    both = lambda factor: (factor, factor)
    made = []
    for factor in [0.13, -0.37, 0.71]:
        made.append(('RandomRotation', {'factor': both(factor), **reading()}))
        made.append(('RandomTranslation', {'height_factor': both(factor), 'width_factor': both(0.21), **reading()}))
        made.append(('RandomZoom', {'height_factor': both(factor), **reading()}))
        made.append(('RandomZoom', {'height_factor': both(0.17), 'width_factor': both(factor), **reading()}))
        made.append(('RandomBrightness', {'factor': both(factor), 'value_range': (-2, 2)}))
    made.append(('RandomInvert', {'factor': (1, 1), 'value_range': (-2, 2)}))
    made.append(('RandomShear', {'x_factor': both(0.23), 'y_factor': both(0.0), **reading()}))
    made.append(('RandomShear', {'x_factor': both(0.31), 'y_factor': both(0.12), **reading()}))
    for mode in ['horizontal', 'vertical', 'horizontal_and_vertical']:
        made.append(('RandomFlip', {'mode': mode}))
    made += [('CenterCrop', {'height': 3, 'width': 5}), ('CenterCrop', {'height': 9, 'width': 6})]
    unit = {'value_range': (0, 1)}
    made += [('RandomColorDegeneration', {'factor': both(0.3), **unit}), ('AutoContrast', {**unit})]
    made += [('RandomSaturation', {'factor': both(factor), **unit}) for factor in [0.0, 0.3, 0.8]]
    made += [('RandomSharpness', {'factor': both(factor), **unit}) for factor in [0.2, 0.9]]
    made += [('RandomGrayscale', {'factor': factor}) for factor in [0.0, 0.5]]
    made += [('RandomPosterization', {'factor': (bits, bits), **unit}) for bits in [1, 3]]
    made += [('Solarization', {'addition_factor': 0.0, 'threshold_factor': 0.0, **unit})]
    for factor in [0.0, 0.3, 1.0]:
        made.append(('RandomHue', {'factor': both(factor), **unit}))
    made.append(('RandomHue', {'factor': both(0.17)}))
    jitter = {'brightness_factor': both(0.1), 'contrast_factor': both(0.0), 'saturation_factor': both(0.7)}
    made += [('RandomColorJitter', {**jitter, 'hue_factor': both(0.4), **unit}), ('RandomColorJitter', {**jitter, **unit})]
    for kernel_size, sigma in [(3, 1.0), (5, 0.7), (1, 0.5), (3, 0.0)]:
        made.append(('RandomGaussianBlur', {'factor': (1, 1), 'kernel_size': kernel_size, 'sigma': both(sigma), **unit}))
    for value_range, bins in [((0, 1), 256), ((-2, 2), 16), ((-2, 2), 3)]:
        made.append(('Equalization', {'value_range': value_range, 'bins': bins}))
    adaptive = 'ContrastLimitedAdaptiveHistogramEqualization'
    made += [(adaptive, {'clip_limit': limit, 'tile_grid_size': grid, **unit})
             for limit, grid in [(4.0, (2, 2)), (0.0, (1, 1)), (20.0, (3, 2)), (60.0, (1, 2)), (4.0, (8, 8))]]
    # Without strength six of the eleven changes do nothing, and the others are always the same.
    made.append(('RandAugment', {'num_ops': 1, 'factor': both(0.0), **unit}))
    for index, (name, config) in enumerate(made):
        h, w, c = draw.randint(5, 8), draw.randint(5, 8), draw.choice([1, 3])
        in_color = name.startswith(('RandomColor', 'RandomSat', 'RandomGray', 'RandomHue', 'RandAug'))
        c = 3 if in_color else c
        tag = f'{name} {index}'
        offset, scale = (0.5, 1) if config.get('value_range') == (0, 1) else (0, 4)
        if config == {'factor': (0.17, 0.17)}:
            offset, scale = 128, 256
        x = inputs.uniform(f'{tag}/x', [1, h, w, c], scale, offset).astype('float32')
        layer = getattr(layers, name)(**config)
        outcomes, gradients = [], []
        # Shears and flips have two outcomes, and hues are turned to both sides.
        for _ in range(60):
            y, dx = with_gradient(layer, x)
            if y not in outcomes:
                outcomes.append(y)
                gradients.append(dx)
        if name == 'RandomHue':
            gradients = [hue_gradient(x, config, np.float64(y)) for y in outcomes]
        is_turned = config.get('hue_factor', config.get('factor') if name == 'RandomHue' else 0) not in [0, both(0.0)]
        is_double = name in ['RandomShear', 'RandomFlip'] or config.get('factor') == 0.5 or is_turned
        expected = 6 if name == 'RandAugment' else 2 if is_double else 1
        assert len(outcomes) == expected, (name, len(outcomes))
        camel = {''.join([key.split('_')[0]] + [part.title() for part in key.split('_')[1:]]): value
                 for key, value in config.items()}
        yield {'tag': tag, 'className': name, 'config': camel, 'shape': [h, w, c],
               'offset': offset, 'scale': scale, 'outcomes': outcomes,
               **({'gradients': gradients} if name in with_gradients else {})}


def smoothed():
    """A Gaussian to four standard deviations along both axes, with zeros beyond the ends."""
    for index, (h, w, sigma) in enumerate([(7, 9, 1.3), (12, 5, 4.0), (28, 28, 2.5)]):
        radius = int(4 * sigma + 0.5)
        kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
        kernel /= kernel.sum()
        noise = inputs.uniform(f'smooth {index}', [h, w], 2)
        along = lambda line: np.convolve(line, kernel)[radius:radius + len(line)]
        smooth = np.apply_along_axis(along, 1, np.apply_along_axis(along, 0, noise))
        yield {'tag': f'smooth {index}', 'shape': [h, w], 'sigma': sigma, 'y': numbers(smooth)}


def transformed():
    """Keras's layers with what they would draw given to them, and what ours take so that they draw the same."""
    for index, (addition, threshold, value_range) in enumerate([(0.2, 0.5, (0, 1)), (0.0, 0.7, (-2, 2)), (0.4, 0.0, (0, 255))]):
        low, high = value_range
        tag = f'Solarization given {index}'
        shape, offset, scale = [5, 6, 2], (low + high) / 2, high - low
        x = inputs.uniform(f'{tag}/x', [1, *shape], scale, offset).astype('float32')
        layer = layers.Solarization(addition_factor=addition, threshold_factor=threshold, value_range=value_range)
        y = layer.transform_images(tf.constant(x), {'additions': addition * 255, 'thresholds': threshold * 255})
        config = {'additionFactor': [addition] * 2, 'thresholdFactor': [threshold] * 2, 'valueRange': value_range}
        yield {'tag': tag, 'className': 'Solarization', 'config': config, 'shape': shape, 'offset': offset,
               'scale': scale, 'outcomes': [numbers(y)]}


def blurred():
    """PyTorch's convolution, since Keras mixes up columns and rows where their numbers differ."""
    for index, (columns, rows, sigma) in enumerate([(3, 5, 0.8), (7, 1, 1.0)]):
        tag = f'RandomGaussianBlur {columns} {rows}'
        shape = [6, 7, 2]
        x = inputs.uniform(f'{tag}/x', [1, *shape], 1, 0.5)
        weights = lambda size: (lambda line: line / line.sum())(np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / (sigma + 1e-6)) ** 2))
        kernel = torch.tensor(np.outer(weights(rows), weights(columns)))[None, None].repeat(2, 1, 1, 1)
        y = torch.nn.functional.conv2d(torch.tensor(x).permute(0, 3, 1, 2), kernel, padding='same', groups=2)
        config = {'factor': [1, 1], 'kernelSize': [columns, rows], 'sigma': [sigma, sigma], 'valueRange': [0, 1]}
        yield {'tag': tag, 'className': 'RandomGaussianBlur', 'config': config, 'shape': shape, 'offset': 0.5,
               'scale': 1, 'outcomes': [numbers(y.permute(0, 2, 3, 1))]}


def perspective():
    """Keras's operation, with the corners where its layer puts them."""
    for index in range(6):
        interpolation = ['bilinear', 'nearest'][index % 2]
        n, h, w, c = draw.randint(1, 3), draw.randint(4, 8), draw.randint(4, 8), draw.choice([1, 3])
        tag = f'perspective {index}'
        x = inputs.uniform(f'{tag}/x', [n, h, w, c], 4).astype('float32')
        corners = inputs.uniform(f'{tag}/corners', [n, 4], 0.5, 1)
        start = np.array([[0, 0], [w - 1, 0], [0, h - 1], [w - 1, h - 1]], 'float32')[None].repeat(n, 0)
        a, b, c_, d = corners.T
        one = np.ones(n)
        end = start * np.stack([one, one, a, one, one, b, c_, d], -1).reshape(n, 4, 2)
        y = keras.ops.image.perspective_transform(x, start, end.astype('float32'), interpolation, 1.5)
        yield {'tag': tag, 'images': [n, h, w, c], 'interpolation': interpolation, 'y': numbers(y)}


def main():
    made_by = f'Keras {keras.__version__}, TensorFlow {tf.__version__}, PyTorch {torch.__version__}'
    layer_parts = itertools.chain(keras_layers(), transformed(), blurred())
    parts = {'resampled': resampled(), 'wrapped': wrapped(), 'layers': layer_parts, 'smoothed': smoothed(),
             'perspective': perspective()}
    lines = [f'{json.dumps(name)}: [\n' + ',\n'.join(json.dumps(each, separators=(',', ':')) for each in part) + '\n]'
             for name, part in parts.items()]
    text = '{"madeBy": ' + json.dumps(made_by) + ',\n' + ',\n'.join(lines) + '}\n'
    Path(__file__).with_name('augmentation.json').write_text(text)


main()
