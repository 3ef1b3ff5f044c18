"""Keras models from the descriptions of drawn networks: layers as Inkling's files hold them, `{ className, config }`.

`Builder().model(description)` makes the model; `Builder.made` has its layers with parameters in the order in which Inkling
has them. What Keras has no layer for is made of its operations, or of TensorFlow's.
"""
import os
import re

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import tensorflow as tf
from keras import activations, constraints, layers, ops, optimizers, regularizers

from schedule_free import ScheduleFreeAdamW

schedules = optimizers.schedules


def snake(name):
    """Inkling's name of an option or of a function as Keras has it: `keepdims`, `beta_1`, `leaky_relu`."""
    special = {'keepDims': 'keepdims', 'clipValue': 'clipvalue', 'clipNorm': 'clipnorm', 'globalClipNorm': 'global_clipnorm'}
    return special.get(name, re.sub(r'([A-Z])', lambda match: '_' + match[1].lower(), re.sub(r'(beta|epsilon|Beta)(\d)', r'\1_\2', name)))


def options_of(config):
    return {snake(name): value for name, value in config.items()}


def sparsemax(x):
    """Martins and Astudillo 2016, algorithm 1. Keras's own sums too much: its rows do not add up to 1."""
    ordered = ops.flip(ops.sort(x, axis=-1), axis=-1)
    counted = ops.cast(ops.arange(1, x.shape[-1] + 1), x.dtype)
    inside = ops.cast(1 + counted * ordered > ops.cumsum(ordered, axis=-1), x.dtype)
    level = (ops.sum(inside * ordered, axis=-1, keepdims=True) - 1) / ops.sum(inside, axis=-1, keepdims=True)
    return ops.relu(x - level)


def activation(given):
    if given == 'sparsemax':
        return sparsemax
    if isinstance(given, str):
        return getattr(activations, snake(given))
    options = options_of({name: value for name, value in given.items() if name != 'name'})
    return lambda x: getattr(activations, snake(given['name']))(x, **options)


def named(module, given):
    """A regularizer or constraint: `{ name: 'maxNorm', maxValue: 2 }`."""
    cls = {'l1l2': 'L1L2'}.get(given['name'], given['name'][0].upper() + given['name'][1:])
    return getattr(module, cls)(**options_of({name: value for name, value in given.items() if name != 'name'}))


def keras_options(config):
    result = {}
    for name, value in config.items():
        if name == 'activation':
            value = activation(value)
        elif name.lower().endswith('regularizer'):
            value = named(regularizers, value)
        elif name.endswith('Constraint'):
            value = named(constraints, value)
        elif isinstance(value, list) and name in ('kernelSize', 'strides', 'dilationRate', 'poolSize', 'size', 'valueRange', 'factor',
                                                  'heightFactor', 'widthFactor', 'xFactor', 'yFactor', 'outputPadding', 'axis'):
            value = tuple(value)
        result[snake(name)] = value
    return result


def local_response(depthRadius=2, bias=2, alpha=1e-4, beta=0.75):
    def call(x):
        if x.dtype == 'float32':
            return tf.nn.local_response_normalization(x, depthRadius, bias, alpha, beta)
        # TensorFlow has it in float32 alone.
        squares = tf.pad(x * x, [[0, 0], [0, 0], [0, 0], [depthRadius, depthRadius]])
        sums = sum(squares[..., i:i + x.shape[-1]] for i in range(2 * depthRadius + 1))
        return x / (bias + alpha * sums) ** beta
    return layers.Lambda(call, output_shape=lambda shape: shape)


def padded_shortcut(filters, strides=2):
    return lambda x: ops.pad(x[:, ::strides, ::strides, :], [[0, 0], [0, 0], [0, 0], [0, filters - x.shape[-1]]])


# Layers that change images, which Keras cannot compute in float64.
single = {
    'AutoContrast', 'CenterCrop', 'RandomBrightness', 'RandomColorDegeneration', 'RandomContrast', 'RandomCrop', 'RandomErasing', 'RandomFlip',
    'RandomGrayscale', 'RandomInvert', 'RandomPosterization', 'RandomRotation', 'RandomSaturation', 'RandomSharpness', 'RandomShear',
    'RandomTranslation', 'RandomZoom', 'Solarization',
}


class InFloat32(layers.Layer):
    """A layer that computes in float32 where all others compute in float64."""

    def __init__(self, layer):
        super().__init__(autocast=False)
        self.layer = layer

    def call(self, x, training=None):
        floatx = keras.config.floatx()
        keras.config.set_floatx('float32')
        try:
            return ops.cast(self.layer(tf.cast(x, 'float32'), training=training), floatx)
        finally:
            keras.config.set_floatx(floatx)

    def compute_output_spec(self, x, training=None):
        return keras.KerasTensor(self.layer.compute_output_shape(x.shape), keras.config.floatx())


# What Keras has as a function, under another name, or not at all.
special = {
    'GLU': lambda axis=-1: lambda x: activations.glu(x, axis=axis),
    'LocalResponseNormalization': local_response,
    'PaddedShortcut': padded_shortcut,
    'RandomElastic': lambda alpha, sigma: InFloat32(layers.RandomElasticTransform(factor=0, scale=0, dtype='float32')),
}


class OwnWeights:
    """The parameters of a layer without those of the layer in it."""

    def __init__(self, layer):
        self.layer = layer

    @property
    def weights(self):
        return [self.layer.vector_u]


class Builder:
    def __init__(self):
        self.made = []

    def leaf(self, class_name, config):
        """A layer, behind one of zeros where the padding is given for each side."""
        if class_name == 'SpectralNormalization':
            return self.normalized(**config)
        if class_name in special:
            return special[class_name](**config)
        options = keras_options(config)
        trainable = options.pop('trainable', True)
        padding = options.get('padding')
        before = lambda x: x
        if isinstance(padding, dict):
            del options['padding']
            before = layers.ZeroPadding2D(((padding['top'], padding['bottom']), (padding['left'], padding['right'])))
        layer = getattr(layers, class_name)(**options, **({'dtype': 'float32'} if class_name in single else {}))
        layer.trainable = trainable
        self.made.append(layer)
        return InFloat32(layer) if class_name in single else lambda x: layer(before(x))

    def normalized(self, layer, powerIterations=1):
        """A layer under SpectralNormalization: its own parameters come first."""
        wrapped = getattr(layers, layer['className'])(**keras_options(layer['config']))
        normalization = layers.SpectralNormalization(wrapped, powerIterations)
        self.made += [wrapped, OwnWeights(normalization)]
        return normalization

    def part(self, given, x):
        for config in given if isinstance(given, list) else [given]:
            x = self.apply(config, x)
        return x

    def join(self, config, values):
        given = config.get('join')
        if isinstance(given, dict):
            return self.leaf(given['className'], given['config'])(values)
        options = {'axis': config.get('axis', -1)} if given == 'concatenate' else {}
        return getattr(layers, given.capitalize())(**options)(values)

    def graph(self, config, x):
        values, own = {'input': x}, {}
        for node in config['nodes']:
            if 'sharedWith' in node:
                layer = own[node['sharedWith']]
            else:
                layer = self.leaf(node['layer']['className'], node['layer']['config'])
            own[node['name']] = layer
            taken = [values[name] for name in node['inputs']]
            values[node['name']] = layer(taken if len(taken) > 1 else taken[0])
        return values[config['output']]

    def apply(self, given, x):
        """The layer of a config on a symbolic tensor."""
        class_name, config = given['className'], given['config']
        if class_name == 'Augmentation':
            return self.part(config['layers'], x)
        if class_name == 'Graph':
            return self.graph(config, x)
        if class_name == 'Residual':
            main = self.part(config['layers'], x)
            y = self.join(config, [self.part(config['shortcut'], x), main])
        elif class_name == 'Branches':
            y = self.join(config, [self.part(branch, x) for branch in config['branches']])
        else:
            return self.leaf(class_name, config)(x)
        return activation(config.get('activation', 'linear'))(y)

    def model(self, description):
        given = keras.Input(description['input'])
        return keras.Model(given, self.part(description['layers'], given))


class Cast(schedules.LearningRateSchedule):
    """A schedule in the type of all else: some of Keras's optimizers multiply by what a schedule gives as it is."""

    def __init__(self, schedule):
        self.schedule = schedule

    def __call__(self, step):
        return ops.cast(self.schedule(step), keras.config.floatx())


def optimizer(given):
    options = {}
    for name, value in given['config'].items():
        if isinstance(value, dict):
            value = Cast(getattr(schedules, value['className'])(**options_of(value['config'])))
        options[snake(name)] = value
    return {**vars(optimizers), 'ScheduleFreeAdamW': ScheduleFreeAdamW}[given['className']](**options)


def loss(given):
    options = {name: snake(value) if isinstance(value, str) else value for name, value in options_of(given['options']).items()}
    name = 'KLDivergence' if given['name'] == 'klDivergence' else given['name'][0].upper() + given['name'][1:]
    return getattr(keras.losses, name)(**options)
