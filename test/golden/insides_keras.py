"""What the report shows of a small network's inside, by TensorFlow's GradientTape and numpy: writes insides-keras.json.

usage: pip install keras tensorflow_cpu numpy; python insides_keras.py
Inputs and weights are drawn by inputs.py with the tags 'insides/x' and 'insides/0', 'insides/1', ... in the order of the
model's weights, each uniform between -1/2 and 1/2 but the inputs, which lie between 0 and 1. All in float64.
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import numpy as np
import tensorflow as tf

import inputs

count = 6
images = inputs.uniform('insides/x', [count, 9, 9, 1], 1.0, 0.5)
shapes = [[3, 3, 1, 5], [5], [3, 3, 5, 7], [7], [112, 8], [8], [8, 4], [4]]
weights = [tf.constant(inputs.uniform(f'insides/{i}', shape)) for i, shape in enumerate(shapes)]
labels = inputs.labels('insides/labels', count, 4)


def network(x):
    """A convolution with relu and pooling, another one, two dense layers: all that is asked for, and the logits."""
    first = tf.nn.relu(tf.nn.conv2d(x, weights[0], 1, 'SAME') + weights[1])
    second = tf.nn.relu(tf.nn.conv2d(tf.nn.max_pool2d(first, 2, 2, 'VALID'), weights[2], 1, 'SAME') + weights[3])
    hidden = tf.nn.relu(tf.reshape(second, [-1, 112]) @ weights[4] + weights[5])
    return {'first': first, 'second': second, 'hidden': hidden, 'logits': hidden @ weights[6] + weights[7]}


def slopes(of, at):
    with tf.GradientTape() as tape:
        x = tf.constant(images)
        tape.watch(x)
        values = {'input': x, **network(x)}
        number = tf.reduce_sum(of(values['logits']))
    return tape.gradient(number, values[at]).numpy()


def one_each(columns):
    return tf.gather(columns, labels, axis=1, batch_dims=1)


def resized(maps, size):
    """Bilinear, half-pixel centres, as tf.image.resize does it."""
    return tf.image.resize(maps[..., None], [size, size], 'bilinear').numpy()[..., 0].astype(np.float64)


def grad_cam(layer):
    """Selvaraju et al. 2017, equations 1 and 2, of the scores before softmax."""
    values = network(tf.constant(images))[layer].numpy()
    alpha = slopes(one_each, layer).mean(axis=(1, 2), keepdims=True)
    return np.maximum((alpha * values).sum(axis=3), 0)


def parameter_slopes():
    with tf.GradientTape() as tape:
        for each in weights:
            tape.watch(each)
        logits = network(tf.constant(images))['logits']
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    return [slope.numpy() for slope in tape.gradient(loss, weights)]


def projection(points):
    """The first two principal components; the largest loading of each is positive."""
    centred = points - points.mean(axis=0)
    _, scales, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2]
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
    axes = axes * signs[:, None]
    return {
        'points': listed(centred @ axes.T),
        'axes': listed(axes),
        'shares': listed((scales**2 / (scales**2).sum())[:2]),
    }


def histogram(values, bins):
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins=bins)
    return {
        'counts': counts.tolist(),
        'edges': listed(edges),
        'mean': float(finite.mean()),
        'deviation': float(finite.std()),
        'zeros': int((finite == 0).sum()),
        'nan': int(np.isnan(values).sum()),
        'infinite': int(np.isinf(values).sum()),
    }


listed = lambda a: [float(f'{v:.9g}') for v in np.asarray(a).ravel()]
values = {name: value.numpy() for name, value in network(tf.constant(images)).items()}
probabilities = tf.nn.softmax(values['logits']).numpy()
special = inputs.uniform('insides/special', [200]).astype(np.float32)
special[[3, 50, 60]] = 0
special[[7, 8]] = np.nan
special[9] = np.inf
with tf.GradientTape() as tape:
    x = tf.constant(images)
    tape.watch(x)
    chosen = tf.reduce_sum(one_each(tf.nn.softmax(network(x)['logits'])))
ofProbabilities = tape.gradient(chosen, x).numpy()

golden = {
    'madeBy': f'TensorFlow {tf.__version__} and numpy {np.__version__}, float64',
    'labels': labels.tolist(),
    'predicted': probabilities.argmax(axis=1).tolist(),
    'logits': {at: listed(slopes(one_each, at)) for at in ['input', 'second']},
    'logit 2': listed(slopes(lambda y: y[:, 2], 'input')),
    'probabilities': listed(ofProbabilities),
    'parameters': [listed(slope) for slope in parameter_slopes()],
    'gradient': listed(np.abs(slopes(one_each, 'input')).max(axis=3)),
    'gradientTimesInput': listed((slopes(one_each, 'input') * images).sum(axis=3)),
    'gradCam': {layer: listed(grad_cam(layer)) for layer in ['first', 'second']},
    'gradCamResized': listed(resized(grad_cam('second'), 9)),
    'projection': projection(inputs.uniform('insides/points', [40, 12]) @ inputs.uniform('insides/mixing', [12, 12])),
    'histogram': histogram(special, 10),
    'dead': {
        'first': int((values['first'].max(axis=(0, 1, 2)) <= 0).sum()),
        'second': int((values['second'].max(axis=(0, 1, 2)) <= 0).sum()),
        'hidden': int((values['hidden'].max(axis=0) <= 0).sum()),
    },
    'firing': {name: listed((values[name] > 0).mean(axis=tuple(range(values[name].ndim - 1)))) for name in ['first', 'second', 'hidden']},
}
Path(__file__).with_name('insides-keras.json').write_text(json.dumps(golden) + '\n')
