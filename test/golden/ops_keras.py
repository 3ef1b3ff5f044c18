"""Forward and gradients of the operations by Keras 3 on TensorFlow in float64: writes ops-keras.json.

usage: pip install keras tensorflow_cpu numpy; python ops_keras.py
Only local response normalization is float32: TensorFlow has no other.
"""
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import tensorflow as tf
from keras import activations, losses, ops, optimizers

from golden import Golden

keras.config.set_floatx('float64')
golden = Golden('keras', f'Keras {keras.__version__} on TensorFlow {tf.__version__}, float64')


def backward(case, compute, upstream='dy', **arrays):
    """Runs `compute` on the arrays, draws its output's gradient and records output and gradients.

    `compute` returns the output, or the output and a dictionary of further results to record.
    """
    leaves = {name: tf.constant(array) for name, array in arrays.items()}
    with tf.GradientTape() as tape:
        tape.watch(list(leaves.values()))
        result = compute(**leaves)
        y, further = result if isinstance(result, tuple) else (result, {})
    dy = tf.constant(case.uniform(upstream, y.shape), y.dtype)
    gradients = tape.gradient(y, leaves, output_gradients=dy)
    case.outputs(**{upstream[1:]: y}, **further, **{f'd{name}': gradient for name, gradient in gradients.items()})


def conv2d(name, x_shape, filters, window, strides=(1, 1), dilation=(1, 1), padding='valid'):
    case = golden.case('conv2d', name, strides=strides, dilation=dilation, padding=padding)
    backward(
        case,
        lambda x, w, b: ops.conv(x, w, strides, padding, 'channels_last', dilation) + b,
        x=case.uniform('x', x_shape),
        w=case.uniform('w', [*window, x_shape[3], filters], scale=1),
        b=case.uniform('b', [filters]),
    )


conv2d('3x3 valid, 1 channel', [2, 7, 6, 1], 5, [3, 3])
conv2d('3x3 same, 9 channels', [1, 5, 6, 9], 7, [3, 3], padding='same')
conv2d('5x5 same, 3 channels', [1, 7, 8, 3], 4, [5, 5], padding='same')
conv2d('5x5 strides 2 same, odd and even size, 2 channels', [2, 7, 8, 2], 3, [5, 5], strides=(2, 2), padding='same')
conv2d('2x2 strides 1 same, 4 channels', [1, 5, 6, 4], 6, [2, 2], padding='same')
conv2d('3x3 dilation 2 same, 5 channels', [1, 8, 7, 5], 3, [3, 3], dilation=(2, 2), padding='same')
conv2d('3x2 dilation 1x3 valid, 6 channels', [1, 6, 8, 6], 2, [3, 2], dilation=(1, 3))
conv2d('11x11 strides 4 same, 1 channel', [1, 20, 23, 1], 6, [11, 11], strides=(4, 4), padding='same')
conv2d('1x1 strides 2 valid, 7 channels', [1, 5, 6, 7], 8, [1, 1], strides=(2, 2))
conv2d('4x3 strides 3 same, 8 channels', [1, 7, 8, 8], 4, [4, 3], strides=(3, 3), padding='same')


def dense(name, rows, features, units):
    case = golden.case('dense', name)
    layer = keras.layers.Dense(units)
    layer.build([rows, features])
    backward(
        case,
        lambda x, w, b: layer.stateless_call([w, b], [], x)[0],
        x=case.uniform('x', [rows, features]),
        w=case.uniform('w', [features, units], scale=1),
        b=case.uniform('b', [units]),
    )


dense('4x6 to 5', 4, 6, 5)
dense('17x33 to 10', 17, 33, 10)


def pooling(op, name, x_shape, window, strides, padding='valid', bits=24):
    case = golden.case(op, name, window=window, strides=strides, padding=padding)
    pool = {'maxPool2d': ops.max_pool, 'averagePool2d': ops.average_pool}[op]
    backward(case, lambda x: pool(x, window, strides, padding), x=case.uniform('x', x_shape, bits=bits))


for op in ('maxPool2d', 'averagePool2d'):
    pooling(op, '2x2 strides 2', [2, 8, 6, 3], [2, 2], (2, 2))
    pooling(op, '2x2 strides 2 same, odd size', [1, 7, 5, 4], [2, 2], (2, 2), 'same')
    pooling(op, '3x3 strides 2, overlapping', [2, 9, 7, 2], [3, 3], (2, 2))
    pooling(op, '3x3 strides 2 same', [1, 7, 8, 3], [3, 3], (2, 2), 'same')
    pooling(op, '4x3 strides 1 same', [1, 6, 5, 3], [4, 3], (1, 1), 'same')
pooling('maxPool2d', '3x3 strides 2 same, equal elements', [2, 8, 9, 2], [3, 3], (2, 2), 'same', bits=2)


def elementwise(op, name, function, scale=8, **options):
    case = golden.case(op, name, **options)
    backward(case, lambda x: function(x), x=case.uniform('x', [60], scale=scale))


elementwise('relu', 'relu', activations.relu)
elementwise('leakyRelu', 'slope of the activation', activations.leaky_relu, alpha=0.2)
elementwise('leakyRelu', 'slope of the layer', keras.layers.LeakyReLU(), alpha=0.3)
elementwise('elu', 'alpha 1', activations.elu, alpha=1)
elementwise('elu', 'alpha 0.7', lambda x: activations.elu(x, 0.7), alpha=0.7)
for function in (activations.sigmoid, activations.tanh):
    elementwise(function.__name__, 'usual range', function)
    elementwise(function.__name__, 'near 0', function, scale=2**-6)
    elementwise(function.__name__, 'far from 0', function, scale=128)

for name, rows, columns, scale in (('10 classes', 6, 10, 8), ('large inputs', 4, 7, 512)):
    case = golden.case('softmax', name)
    backward(case, lambda x: activations.softmax(x), x=case.uniform('x', [rows, columns], scale=scale))


def lrn(name, channels, depth_radius, bias, alpha, beta, scale):
    options = {'depthRadius': depth_radius, 'bias': bias, 'alpha': alpha, 'beta': beta}
    case = golden.case('localResponseNormalization', name, **options)
    x = case.uniform('x', [2, 3, 2, channels], scale=scale).astype('float32')
    backward(case, lambda x: tf.nn.local_response_normalization(x, depth_radius, bias, alpha, beta), x=x)


lrn('paper', 8, 2, 2, 1e-4, 0.75, 256)
lrn('defaults of TensorFlow', 12, 5, 1, 1, 0.5, 4)
lrn('window wider than the channels', 3, 4, 1, 0.5, 0.75, 8)

# The tag that Keras puts on the output of a softmax or sigmoid activation would switch the losses to logits, so
# probabilities are constants here: this is what from_logits=False means by itself, on every backend of Keras.
for name, scale in (('10 classes', 8), ('confident', 128)):
    case = golden.case('softmaxCrossEntropy', f'{name}, class numbers')
    x = case.uniform('logits', [6, 10], scale=scale)
    classes = case.labels('labels', 6, 10)
    backward(
        case,
        lambda logits: (
            losses.sparse_categorical_crossentropy(classes, logits, from_logits=True),
            {'probabilities': activations.softmax(logits)},
        ),
        'dloss',
        logits=x,
    )
    case = golden.case('softmaxCrossEntropy', f'{name}, soft targets')
    x = case.uniform('logits', [6, 10], scale=scale)
    targets = case.soft_targets('targets', 6, 10)
    backward(
        case,
        lambda logits: (
            losses.categorical_crossentropy(targets, logits, from_logits=True),
            {'probabilities': activations.softmax(logits)},
        ),
        'dloss',
        logits=x,
    )

case = golden.case('crossEntropy', 'sigmoid outputs, soft targets')
targets = case.soft_targets('targets', 6, 10)
x = case.uniform('x', [6, 10], scale=0.875, offset=0.5)
backward(case, lambda x: losses.categorical_crossentropy(targets, x), 'dloss', x=x)
case = golden.case('crossEntropy', 'some probabilities are 0')
targets = case.soft_targets('targets', 6, 10)
x = case.uniform('x', [6, 10], scale=1, offset=0.5, bits=2)
backward(case, lambda x: losses.categorical_crossentropy(targets, x), 'dloss', x=x)
case = golden.case('crossEntropy', 'sigmoid outputs, class numbers')
classes = case.labels('labels', 6, 10)
x = case.uniform('x', [6, 10], scale=0.875, offset=0.5)
backward(case, lambda x: losses.sparse_categorical_crossentropy(classes, x), 'dloss', x=x)

for name, scale in (('usual range', 8), ('confident', 128)):
    case = golden.case('sigmoidBinaryCrossEntropy', name)
    targets = case.uniform('targets', [5, 4], scale=2, offset=1, bits=1)
    x = case.uniform('logits', [5, 4], scale=scale)
    backward(
        case,
        lambda logits: (
            losses.binary_crossentropy(targets, logits, from_logits=True),
            {'probabilities': activations.sigmoid(logits)},
        ),
        'dloss',
        logits=x,
    )
for name, drawn in (('probabilities', {'scale': 0.875, 'offset': 0.5}), ('0 or 1', {'scale': 2, 'offset': 1, 'bits': 1})):
    case = golden.case('binaryCrossEntropy', name)
    targets = case.uniform('targets', [5, 4], scale=2, offset=1, bits=1)
    x = case.uniform('x', [5, 4], **drawn)
    backward(case, lambda x: losses.binary_crossentropy(targets, x), 'dloss', x=x)

case = golden.case('meanSquaredError', '3 columns')
targets = case.uniform('targets', [5, 3])
backward(case, lambda x: losses.mean_squared_error(targets, x), 'dloss', x=case.uniform('x', [5, 3]))


def optimizer(kind, name, scale=2, steps=5, size=8, **options):
    """`options` are given in camelCase, as Inkling has them; Keras's own defaults hold for the rest."""
    case = golden.case('optimizer', f'{kind} {name}', optimizer=kind, settings=options)
    names = {'learningRate': 'learning_rate', 'beta1': 'beta_1', 'beta2': 'beta_2'}
    make = {'sgd': optimizers.SGD, 'adam': optimizers.Adam, 'rmsprop': optimizers.RMSprop}[kind]
    stepper = make(**{names.get(option, option): value for option, value in options.items()})
    w = keras.Variable(case.uniform('w', [size], scale=2**-5))
    path = []
    for gradient in case.uniform('dw', [steps, size], scale=scale):
        stepper.apply([tf.constant(gradient)], [w])
        path.append(w.numpy().copy())
    case.outputs(w=path)


optimizer('sgd', 'defaults')
optimizer('sgd', 'momentum', learningRate=0.02, momentum=0.9)
optimizer('sgd', 'Nesterov', learningRate=0.005, momentum=0.8, nesterov=True)
optimizer('adam', 'defaults')
optimizer('adam', 'other options', learningRate=0.02, beta1=0.8, beta2=0.99, epsilon=0.01)
optimizer('adam', 'gradients as small as epsilon', scale=2**-22)
optimizer('rmsprop', 'defaults')
optimizer('rmsprop', 'momentum', learningRate=0.002, rho=0.8, momentum=0.7, epsilon=0.001)
optimizer('rmsprop', 'gradients as small as the root of epsilon', scale=2**-11)

golden.write(Path(__file__).with_name('ops-keras.json'))
