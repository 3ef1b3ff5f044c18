"""Activations, saliency and Grad-CAM of a small network by TensorFlow's GradientTape: writes gradients-keras.json.

usage: pip install keras tensorflow_cpu numpy; python gradients_keras.py
Inputs and weights are drawn by inputs.py with the tags 'gradients/x' and 'gradients/0', 'gradients/1', ... in the order
of the model's weights, each uniform between -1/2 and 1/2 but the inputs, which lie between 0 and 1. All in float64.
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf

import inputs

images = inputs.uniform('gradients/x', [2, 10, 10, 2], 1.0, 0.5)
weights = []
shapes = [[3, 3, 2, 4], [4], [3, 3, 4, 6], [6], [96, 3], [3]]
for i, shape in enumerate(shapes):
    weights.append(tf.constant(inputs.uniform(f'gradients/{i}', shape)))


def network(x):
    first = tf.nn.relu(tf.nn.conv2d(x, weights[0], 1, 'VALID') + weights[1])
    inner = tf.tanh(tf.nn.conv2d(first, weights[2], 1, 'SAME') + weights[3])
    flat = tf.reshape(tf.nn.max_pool2d(inner, 2, 2, 'VALID'), [-1, 96])
    return first, inner, flat, tf.nn.softmax(flat @ weights[4] + weights[5])


def gradients(of):
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        first, inner, flat, probabilities = network(x)
        number = of(probabilities)
    return tape.gradient(number, [x, inner, flat])


labels = inputs.labels('gradients/labels', 2, 3)
first, inner, flat, probabilities = network(tf.constant(images))
cases = {
    'class 1': lambda y: y[:, 1],
    'loss': lambda y: keras.losses.sparse_categorical_crossentropy(labels, y),
    'entropy': lambda y: -tf.reduce_sum(y * tf.math.log(y), axis=1),
}
listed = lambda a: [float(f'{v:.7g}') for v in np.asarray(a).ravel()]
_, at_inner, _ = gradients(cases['class 1'])
# Grad-CAM (Selvaraju et al. 2017, equations 1 and 2).
alpha = tf.reduce_mean(at_inner, axis=[1, 2], keepdims=True)
cam = tf.nn.relu(tf.reduce_sum(alpha * inner, axis=3))
golden = {
    'madeBy': f'TensorFlow {tf.__version__}, float64',
    'activations': {'inner': listed(inner), 'flatten': listed(flat), 'dense': listed(probabilities)},
    'gradients': {
        name: dict(zip(['input', 'inner', 'flatten'], map(listed, gradients(of)))) for name, of in cases.items()
    },
    'cam': listed(cam),
}
Path(__file__).with_name('gradients-keras.json').write_text(json.dumps(golden) + '\n')
