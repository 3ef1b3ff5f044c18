"""Draws networks over all layers: descriptions in Inkling's words, which drawn_keras.py and drawn-networks.ts build.

Each choice among layers prefers those that were drawn less often, so that few networks cover all. A layer that does not fit
the shape in front of it is drawn again; Keras tells the shapes.
"""
import random
from math import prod

from drawn_keras import Builder, keras

LARGEST = 500
ACTIVATIONS = [
    'linear', 'relu', 'leakyRelu', 'relu6', 'elu', 'selu', 'celu', 'gelu', 'silu', 'swish', 'mish', 'sigmoid', 'tanh', 'softmax',
    'logSoftmax', 'logSigmoid', 'softplus', 'softsign', 'exponential', 'hardSigmoid', 'hardSilu', 'hardSwish', 'hardTanh',
    'hardShrink', 'softShrink', 'tanhShrink', 'squareplus', 'sparsePlus', 'sparseSigmoid', 'sparsemax',
    {'name': 'relu', 'maxValue': 1.5, 'negativeSlope': 0.25, 'threshold': 0.125}, {'name': 'leakyRelu', 'negativeSlope': 0.375},
    {'name': 'elu', 'alpha': 0.75}, {'name': 'celu', 'alpha': 0.5}, {'name': 'gelu', 'approximate': True},
    {'name': 'squareplus', 'b': 0.5}, {'name': 'softShrink', 'threshold': 0.25}, {'name': 'softmax', 'axis': 1},
    {'name': 'threshold', 'threshold': 0.25, 'defaultValue': -0.5},
]
# Layers in front of the first parameters alone, which take numbers from 0 to 1.
AUGMENTATION = [
    'AutoContrast', 'CenterCrop', 'RandomBrightness', 'RandomColorDegeneration', 'RandomContrast', 'RandomCrop', 'RandomElastic',
    'RandomErasing', 'RandomGrayscale', 'RandomInvert', 'RandomPosterization', 'RandomRotation', 'RandomSaturation',
    'RandomSharpness', 'RandomShear', 'RandomTranslation', 'RandomZoom', 'Solarization',
]
ANY = [
    'Activation', 'ActivityRegularization', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'ELU', 'EinsumDense', 'GLU', 'GaussianDropout',
    'GaussianNoise', 'GroupNormalization', 'Identity', 'LayerNormalization', 'LeakyReLU', 'Normalization', 'PReLU', 'RMSNormalization',
    'ReLU', 'Rescaling', 'Reshape', 'Softmax', 'SpectralNormalization', 'UnitNormalization',
]
IMAGE = [
    'AveragePooling2D', 'Conv2D', 'Conv2D', 'Conv2DTranspose', 'Cropping2D', 'DepthwiseConv2D', 'GlobalAveragePooling2D',
    'GlobalMaxPooling2D', 'LocalResponseNormalization', 'MaxPooling2D', 'PaddedShortcut', 'Resizing',
    'SeparableConv2D', 'SpatialDropout2D', 'UpSampling2D', 'ZeroPadding2D',
]
COMPOSITES = ['Branches', 'Graph', 'Residual']
JOINS = ['add', 'multiply', 'average', 'maximum', 'minimum', 'subtract', 'concatenate']
MERGING = ['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']

LOSSES = [
    ('sparseCategoricalCrossentropy', 'classes', 'softmax', {}), ('sparseCategoricalCrossentropy', 'classes', 'linear', {'fromLogits': True}),
    ('categoricalCrossentropy', 'distributions', 'softmax', {'labelSmoothing': 0.125}),
    ('categoricalCrossentropy', 'distributions', 'linear', {'fromLogits': True}),
    ('binaryCrossentropy', 'binary', 'sigmoid', {}), ('binaryCrossentropy', 'binary', 'linear', {'fromLogits': True, 'labelSmoothing': 0.25}),
    ('binaryFocalCrossentropy', 'binary', 'sigmoid', {'gamma': 1.5}), ('categoricalFocalCrossentropy', 'oneHot', 'softmax', {}),
    ('categoricalGeneralizedCrossEntropy', 'classes', 'softmax', {}), ('meanSquaredError', 'numbers', 'linear', {}),
    ('meanAbsoluteError', 'numbers', 'linear', {}), ('meanAbsolutePercentageError', 'signs', 'linear', {}),
    ('meanSquaredLogarithmicError', 'counts', 'softplus', {}), ('huber', 'numbers', 'tanh', {'delta': 0.5}), ('logCosh', 'numbers', 'linear', {}),
    ('klDivergence', 'distributions', 'softmax', {}), ('poisson', 'counts', 'softplus', {}), ('cosineSimilarity', 'numbers', 'linear', {}),
    ('hinge', 'signs', 'tanh', {}), ('squaredHinge', 'signs', 'linear', {}), ('categoricalHinge', 'oneHot', 'linear', {}),
    ('dice', 'binary', 'sigmoid', {}), ('tversky', 'binary', 'sigmoid', {'alpha': 0.25, 'beta': 0.75}),
]
# A rate, and options that may be left out.
OPTIMIZERS = {
    'SGD': (0.03, {'momentum': 0.875, 'nesterov': True}), 'Adam': (0.004, {'beta1': 0.75, 'beta2': 0.96875, 'epsilon': 1e-4, 'amsgrad': True}),
    'AdamW': (0.004, {'beta1': 0.75, 'epsilon': 1e-4, 'amsgrad': True}), 'Nadam': (0.004, {'beta1': 0.75, 'epsilon': 1e-4}),
    'Adamax': (0.004, {'beta1': 0.75, 'epsilon': 1e-4}), 'RMSprop': (0.002, {'rho': 0.75, 'momentum': 0.5, 'centered': True, 'epsilon': 1e-3}),
    'Adagrad': (0.03, {'initialAccumulatorValue': 0.5, 'epsilon': 1e-4}), 'Adadelta': (0.5, {'rho': 0.75, 'epsilon': 1e-4}),
    'Adafactor': (0.004, {'beta2Decay': -0.5, 'clipThreshold': 0.5, 'relativeStep': False}), 'Ftrl': (0.03, {'l1RegularizationStrength': 0.0625, 'beta': 0.5}),
    'Lion': (0.001, {'beta1': 0.75}), 'Lamb': (0.004, {'beta1': 0.75, 'epsilon': 1e-4}), 'Muon': (0.004, {'nsSteps': 3, 'nesterov': False}),
    'ScheduleFreeAdamW': (0.004, {'beta1': 0.75, 'beta2': 0.96875, 'epsilon': 1e-4, 'warmupSteps': 4}),
}
STAGES = [{}, {}, {}, {'clipNorm': 0.5}, {'clipValue': 0.125}, {'globalClipNorm': 0.75}, {'gradientAccumulationSteps': 3}, {'weightDecay': 0.0625}]


def schedule(draw, rate):
    first = {'initialLearningRate': rate}
    name, more = draw.choice([
        ('CosineDecay', {**first, 'decaySteps': 12, 'alpha': 0.125}), ('CosineDecayRestarts', {**first, 'firstDecaySteps': 4, 'mMul': 0.75, 'alpha': 0.125}),
        ('ExponentialDecay', {**first, 'decaySteps': 4, 'decayRate': 0.5}), ('InverseTimeDecay', {**first, 'decaySteps': 4, 'decayRate': 0.5}),
        ('PiecewiseConstantDecay', {'boundaries': [3, 6], 'values': [rate, rate / 2, rate / 4]}),
        ('PolynomialDecay', {**first, 'decaySteps': 12, 'endLearningRate': rate / 8, 'power': 2.0}),
    ])
    return {'className': name, 'config': more}


class Drawer:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.used = {}

    def some(self, options, probability=0.5):
        return {name: value for name, value in options.items() if self.draw.random() < probability}

    def flag(self):
        return self.draw.random() < 0.5

    def size(self, most):
        one = lambda: self.draw.randint(1, most)
        return one() if self.flag() else [one(), one()]

    def sides(self, most):
        pair = lambda: [self.draw.randint(0, most), self.draw.randint(0, most)]
        return [pair(), pair()]

    def rarest(self, names):
        """The one of a few that was drawn least often."""
        return min(self.draw.sample(names, min(3, len(names))), key=lambda name: self.used.get(name, 0))

    def parameters(self, *kinds):
        """Penalties and constraints for some of the parameters."""
        options = {}
        if self.draw.random() < 0.15:
            options[f'{self.draw.choice(kinds)}Regularizer'] = self.draw.choice([
                {'name': 'l1', 'l1': 0.015625}, {'name': 'l2', 'l2': 0.03125}, {'name': 'l1l2', 'l1': 0.0078125, 'l2': 0.015625}])
        if self.draw.random() < 0.1:
            options[f'{self.draw.choice(kinds)}Constraint'] = self.draw.choice([
                {'name': 'maxNorm', 'maxValue': 1, 'axis': 0}, {'name': 'minMaxNorm', 'minValue': 0.5, 'maxValue': 1, 'rate': 0.75, 'axis': 0},
                {'name': 'unitNorm', 'axis': 0}, {'name': 'nonNeg'}])
        if self.draw.random() < 0.07:
            options['trainable'] = False
        return options

    def finish(self):
        """What all layers with kernels have."""
        options = {'useBias': False} if self.draw.random() < 0.3 else {}
        if self.draw.random() < 0.6:
            options['activation'] = self.rarest_activation()
        if self.draw.random() < 0.1:
            options['activityRegularizer'] = {'name': 'l2', 'l2': 0.015625}
        return options

    def rarest_activation(self):
        found = min(self.draw.sample(ACTIVATIONS, 3), key=lambda each: self.used.get(str(each), 0))
        self.used[str(found)] = self.used.get(str(found), 0) + 1
        return found

    def convolution(self, *kinds):
        options = {'kernelSize': self.size(3), 'padding': self.draw.choice(['same', 'same', 'valid', 'sides'])}
        if options['padding'] == 'sides':
            options['padding'] = {side: self.draw.randint(0, 2) for side in ('top', 'bottom', 'left', 'right')}
        way = self.draw.random()
        if way < 0.3:
            # TensorFlow has no depthwise convolution with two different strides.
            options['strides'] = self.draw.randint(1, 2) if 'depthwise' in kinds else self.size(2)
        elif way < 0.5:
            options['dilationRate'] = self.size(2)
        return {**options, **self.finish(), **self.parameters(*kinds, *([] if options.get('useBias') is False else ['bias']))}

    def axis(self, shape):
        return self.draw.choice([-1, *range(1, len(shape) + 1)])

    def axes(self, shape):
        count = self.draw.randint(1, len(shape))
        axes = sorted(self.draw.sample(range(1, len(shape) + 1), count))
        return axes[0] if count == 1 else axes

    def statistics(self, shape):
        channels = shape[-1]
        mean = [self.draw.randint(-4, 4) / 8 for _ in range(channels)]
        variance = [self.draw.randint(2, 12) / 8 for _ in range(channels)]
        return self.draw.choice([{'mean': mean, 'variance': variance}, {'axis': None, 'mean': mean[0], 'variance': variance[0]}])

    def options(self, name, shape):
        draw, channels = self.draw, shape[-1]
        group = lambda: draw.choice([g for g in range(1, channels + 1) if channels % g == 0])
        size = prod(shape)
        tables = {
            'Activation': lambda: {'activation': self.rarest_activation()},
            'ActivityRegularization': lambda: self.some({'l1': 0.03125, 'l2': 0.0625}),
            **{dropout: lambda: {'rate': 0} for dropout in ('AlphaDropout', 'Dropout', 'GaussianDropout', 'SpatialDropout2D')},
            'AveragePooling2D': lambda: self.pooling(), 'MaxPooling2D': lambda: self.pooling(),
            'BatchNormalization': lambda: {'axis': self.axis(shape), **self.some({'momentum': 0.75, 'epsilon': 0.0625, 'center': False, 'scale': False}, 0.3),
                                           **({'renorm': True, 'renormMomentum': 0.75, **self.some({'renormClipping': {'rmin': 0.5, 'rmax': 2, 'dmax': 1}})}
                                              if draw.random() < 0.2 else {}), **({'trainable': False} if draw.random() < 0.1 else {})},
            'Conv2D': lambda: self.grouped(group()),
            'Conv2DTranspose': lambda: self.transposed(),
            'Cropping2D': lambda: {'cropping': self.sides(1)},
            'Dense': lambda: {'units': draw.randint(1, 8), **self.finish(), **self.parameters('kernel')},
            'DepthwiseConv2D': lambda: {**self.convolution('depthwise'), **self.some({'depthMultiplier': 2})},
            'EinsumDense': lambda: self.einsum(shape),
            'ELU': lambda: self.some({'alpha': 0.625}), 'GLU': lambda: {'axis': self.axis(shape)}, 'GaussianNoise': lambda: {'stddev': 0},
            'GlobalAveragePooling2D': lambda: {'keepDims': True}, 'GlobalMaxPooling2D': lambda: {'keepDims': True},
            'GroupNormalization': lambda: {'groups': draw.choice([group(), -1]), **self.some({'epsilon': 0.0625, 'center': False, 'scale': False}, 0.3)},
            'LayerNormalization': lambda: {'axis': self.axes(shape), **self.some({'epsilon': 0.0625, 'center': False, 'scale': False}, 0.3)},
            'LeakyReLU': lambda: self.some({'negativeSlope': 0.125}),
            'LocalResponseNormalization': lambda: self.some({'depthRadius': 1, 'bias': 1.5, 'alpha': 0.25, 'beta': 0.5}),
            'Normalization': lambda: {**self.statistics(shape), **self.some({'invert': True}, 0.3)},
            'PReLU': lambda: {**({'sharedAxes': [1, 2]} if len(shape) == 3 and self.flag() else {}), **self.parameters('alpha')},
            'PaddedShortcut': lambda: {'filters': channels + draw.randint(0, 2), 'strides': draw.randint(1, 2)},
            'Permute': lambda: {'dims': draw.sample(range(1, len(shape) + 1), len(shape))},
            'RMSNormalization': lambda: {'axis': draw.choice([-1, len(shape)]), **self.some({'epsilon': 0.0625}, 0.3)},
            'RandomFlip': lambda: {'mode': draw.choice(['horizontal', 'vertical', 'horizontal_and_vertical'])},
            'ReLU': lambda: self.some({'maxValue': 1.25, 'negativeSlope': 0.125, 'threshold': 0.25}, 0.4),
            'RepeatVector': lambda: {'n': draw.randint(1, 4)},
            'Rescaling': lambda: {'scale': draw.choice([0.75, 2, -1.5]), **self.some({'offset': 0.25})},
            'Reshape': lambda: {'targetShape': draw.choice([[-1, d] for d in range(1, size + 1) if size % d == 0])},
            'Resizing': lambda: {'height': draw.randint(2, 7), 'width': draw.randint(2, 7), 'interpolation': draw.choice(['nearest', 'bilinear']),
                                 **draw.choice([{}, {}, {'cropToAspectRatio': True}, {'padToAspectRatio': True, 'fillValue': 0.5}])},
            'SeparableConv2D': lambda: {'filters': draw.randint(1, 5), **self.convolution('depthwise', 'pointwise'), **self.some({'depthMultiplier': 2})},
            'SpectralNormalization': lambda: self.normalized(shape),
            'Softmax': lambda: {'axis': self.axes(shape)}, 'UnitNormalization': lambda: {'axis': self.axes(shape)},
            'UpSampling2D': lambda: {'size': self.size(2), 'interpolation': draw.choice(['nearest', 'bilinear'])},
            'ZeroPadding2D': lambda: {'padding': self.sides(2)},
            **self.augmentations(shape),
        }
        return tables.get(name, dict)()

    def augmentations(self, shape):
        """What these layers draw is known: from ranges whose ends are alike, or with nothing to do."""
        factor = lambda low, high: [self.draw.randint(low, high) / 16] * 2
        unit = {'valueRange': [0, 1]}
        reading = lambda: {'fillMode': self.draw.choice(['constant', 'nearest', 'reflect']), 'interpolation': 'bilinear', **self.some({'fillValue': 0.5})}
        return {
            'AutoContrast': lambda: unit, 'CenterCrop': lambda: {'height': self.draw.randint(3, 8), 'width': self.draw.randint(3, 8)},
            'RandomBrightness': lambda: {'factor': factor(-8, 8), **unit}, 'RandomColorDegeneration': lambda: {'factor': factor(0, 16), **unit},
            'RandomContrast': lambda: {'factor': 0, **unit}, 'RandomCrop': lambda: {'height': shape[0], 'width': shape[1]},
            'RandomElastic': lambda: {'alpha': 0, 'sigma': 1}, 'RandomErasing': lambda: {'factor': 0, **unit}, 'RandomGrayscale': lambda: {'factor': 0},
            'RandomInvert': lambda: {'factor': [1, 1], **unit}, 'RandomPosterization': lambda: {'factor': [3, 3], **unit},
            'RandomRotation': lambda: {'factor': factor(-8, 8), **reading()}, 'RandomSaturation': lambda: {'factor': factor(1, 15), **unit},
            'RandomSharpness': lambda: {'factor': factor(1, 15), **unit}, 'RandomShear': lambda: {'xFactor': 0, 'yFactor': 0, **reading()},
            'RandomTranslation': lambda: {'heightFactor': factor(-6, 6), 'widthFactor': factor(-6, 6), **reading()},
            'RandomZoom': lambda: {'heightFactor': factor(-6, 6), 'widthFactor': factor(-6, 6), **reading()}, 'Solarization': lambda: unit,
        }

    def pooling(self):
        return {'poolSize': self.size(3), 'padding': self.draw.choice(['same', 'valid']), **({'strides': self.size(2)} if self.flag() else {})}

    def einsum(self, shape):
        """Sums over some axes of the input; others may be the kernel's as well."""
        draw, own = self.draw, 'bcd'[:len(shape)]
        summed = own[-1] if self.flag() else draw.sample(own, draw.randint(1, len(own)))
        rest = [axis for axis in own if axis not in summed]
        kernel = [*summed, 'e', *(axis for axis in rest if draw.random() < 0.25)]
        output = [*rest, 'e']
        for axes in (kernel, output):
            if self.flag():
                draw.shuffle(axes)
        sizes = {**dict(zip(own, shape)), 'e': draw.randint(1, 6)}
        finish = self.finish()
        bias = {'biasAxes': ''.join(draw.sample(output, draw.randint(1, len(output))))} if finish.pop('useBias', True) else {}
        return {'equation': f"a{own},{''.join(kernel)}->a{''.join(output)}", **bias, **finish, **self.parameters('kernel'),
                'outputShape': [None if axis != 'e' and self.flag() else sizes[axis] for axis in output]}

    def normalized(self, shape):
        layer = {'className': 'Dense', 'config': {'units': self.draw.randint(2, 5), **self.finish()}}
        if len(shape) == 3 and self.flag():
            layer = {'className': 'Conv2D', 'config': {'filters': self.draw.randint(2, 5), 'kernelSize': self.size(3), 'padding': 'same', **self.finish()}}
        return {'layer': layer, **self.some({'powerIterations': 2})}

    def grouped(self, groups):
        options = {'filters': groups * self.draw.randint(1, 3), **self.convolution('kernel')}
        return options if groups == 1 else {**options, 'groups': groups}

    def transposed(self):
        options = {'filters': self.draw.randint(1, 5), **self.convolution('kernel')}
        if isinstance(options['padding'], dict):
            options['padding'] = 'valid'
        options.pop('dilationRate', None)  # TensorFlow has it in float32 alone.
        return options

    def shape_of(self, config, shape):
        """The shape behind a layer; None where it does not fit."""
        try:
            out = list(Builder().apply(config, keras.Input(shape)).shape[1:])
        except (ValueError, ZeroDivisionError):
            return None
        # Without Keras's check, windows larger than the image give none or a negative number of rows.
        return out if all(axis is not None and 0 < axis for axis in out) and prod(out) <= LARGEST else None

    def kinds(self, shape):
        if shape[:2] == [1, 1] and len(shape) == 3:
            # What it draws shows in larger images.
            return ['RandomFlip'] * 8 + ANY
        if len(shape) == 3:
            return ANY + IMAGE + IMAGE + ['Permute']
        return ANY + (['RepeatVector'] if len(shape) == 1 else ['Flatten', 'Permute'])

    def layer(self, shape, names=None, fits=lambda out: True):
        while True:
            name = self.rarest(names or self.kinds(shape))
            config = {'className': name, 'config': self.options(name, shape)}
            out = self.shape_of(config, shape)
            if out is not None and fits(out):
                self.used[name] = self.used.get(name, 0) + 1
                return config, out

    def stack(self, shape, count, names=None, fits=lambda out: True):
        made = []
        for _ in range(count):
            config, shape = self.layer(shape, names, fits)
            made.append(config)
        return made, shape

    def kept(self, shape):
        """Layers that keep rows and columns."""
        names = [name for name in self.kinds(shape) if name not in ('Reshape', 'Permute', 'RandomFlip', 'PaddedShortcut')]
        return self.stack(shape, self.draw.randint(1, 2), names, lambda out: out[:-1] == shape[:-1])

    def to_channels(self, shape, channels, strides=1):
        """A layer that gives so many channels, of images of that size divided by the strides."""
        if len(shape) == 3:
            return {'className': 'Conv2D', 'config': {'filters': channels, 'kernelSize': self.draw.choice([1, 3]), 'strides': strides, 'padding': 'same', **self.finish()}}
        return {'className': 'Dense', 'config': {'units': channels, **self.finish()}}

    def composite(self, shape):
        name = self.rarest(COMPOSITES)
        self.used[name] = self.used.get(name, 0) + 1
        make = {'Residual': self.residual, 'Branches': self.branches, 'Graph': self.graph}[name]
        while True:
            config = {'className': name, 'config': make(shape)}
            out = self.shape_of(config, shape)
            if out is not None:
                return config, out

    def joint(self, joins=JOINS):
        join = self.rarest(joins)
        self.used[join] = self.used.get(join, 0) + 1
        return {'join': join, **({'activation': self.rarest_activation()} if self.flag() else {})}

    def residual(self, shape):
        joint = self.joint()
        layers, out = self.kept(shape)
        strides = self.draw.randint(1, 2) if len(shape) == 3 else 1
        channels = max(shape[-1], out[-1]) + self.draw.randint(0, 1)
        way = self.draw.random()
        if joint['join'] == 'concatenate' or (way < 0.3 and out == shape):
            return {'layers': layers, 'shortcut': [], **joint}
        layers.append(self.to_channels(out, channels, strides))
        if way < 0.6 and len(shape) == 3:
            self.used['PaddedShortcut'] = self.used.get('PaddedShortcut', 0) + 1
            return {'layers': layers, 'shortcut': {'className': 'PaddedShortcut', 'config': {'filters': channels, 'strides': strides}}, **joint}
        return {'layers': layers, 'shortcut': [self.to_channels(shape, channels, strides)], **joint}

    def branches(self, shape):
        joint = self.joint()
        count = 2 if joint['join'] == 'subtract' else self.draw.randint(2, 3)
        parts = []
        for _ in range(count):
            layers, out = self.kept(shape)
            if joint['join'] != 'concatenate':
                layers.append(self.to_channels(out, shape[-1]))
            parts.append(layers)
        if self.flag():
            parts[-1] = []  # Passes the input on.
        if joint['join'] == 'concatenate' and len(shape) == 3 and all(part == [] or self.flag() for part in parts):
            joint['axis'] = -1
        return {'branches': parts, **joint}

    def graph(self, shape):
        """A layer that is shared, merging layers, and a product along an axis or a concatenation of all."""
        channels = self.draw.randint(2, 3)
        shared = self.to_channels([*shape[:-1], channels], channels)
        nodes = [{'name': 'a', 'layer': self.to_channels(shape, channels), 'inputs': ['input']}, {'name': 'b', 'layer': shared, 'inputs': ['a']},
                 {'name': 'c', 'sharedWith': 'b', 'inputs': ['b']}]

        def merged(name, class_name, inputs, config=None):
            self.used[class_name] = self.used.get(class_name, 0) + 1
            nodes.append({'name': name, 'layer': {'className': class_name, 'config': config or {}}, 'inputs': inputs})

        merged('d', self.rarest(MERGING), self.draw.choice([['a', 'c'], ['a', 'b', 'c']]))
        merged('e', *self.draw.choice([('Subtract', ['d', 'b']), (self.rarest(MERGING), ['b', 'd'])]))
        if self.draw.random() < 0.5:
            merged('f', 'Concatenate', ['e', 'c', 'd'], {'axis': self.axis(shape)})
        elif len(shape) == 1:
            merged('f', 'Dot', ['e', 'c'], {'axes': -1, **self.some({'normalize': True})})
            nodes.append({'name': 'g', 'layer': {'className': 'Concatenate', 'config': {}}, 'inputs': ['f', 'd']})
        else:
            for name, of in (('p', 'e'), ('q', 'd')):
                nodes.append({'name': name, 'layer': {'className': 'Reshape', 'config': {'targetShape': [-1, channels]}}, 'inputs': [of]})
            merged('f', 'Dot', ['p', 'q'], {'axes': self.draw.choice([1, [1, 1]]), **self.some({'normalize': True})})
        return {'inputShape': shape, 'nodes': nodes, 'output': nodes[-1]['name']}

    def prologue(self, shape):
        """Augmentation, in front of all else."""
        if shape[-1] != 3 or self.draw.random() < 0.3:
            return [], shape
        layers, out = self.stack(shape, self.draw.randint(1, 2), AUGMENTATION)
        if self.draw.random() < 0.3:
            # The first is the only one that moves pixels, so that there is nothing to be joined with it.
            self.used['Augmentation'] = self.used.get('Augmentation', 0) + 1
            layers = [{'className': 'Augmentation', 'config': {'layers': layers[:1]}}, *layers[1:]]
        return layers, out

    def to_vector(self, shape):
        if len(shape) == 1:
            return [], shape
        names = ['Flatten'] if len(shape) == 2 or self.draw.random() < 0.6 else ['GlobalAveragePooling2D', 'GlobalMaxPooling2D']
        config, out = self.layer(shape, names)
        if len(out) == 3:
            return [{**config, 'config': {'keepDims': False}}], out[-1:]
        return [config], out

    def network(self, number):
        draw = self.draw
        shape = [draw.randint(4, 8), draw.randint(4, 8), draw.choice([1, 2, 3, 3, 3, 4])]
        description = {'input': shape}
        layers, shape = self.prologue(shape)
        description['offset'] = 0.5 if layers else 0
        composite_at, count = draw.randint(0, 5), draw.randint(1, 4)
        for i in range(count):
            if i == composite_at or draw.random() < 0.2:
                config, shape = self.composite(shape)
            else:
                config, shape = self.layer(shape)
            layers.append(config)
        if len(shape) != 3 or draw.random() < 0.75:
            more, shape = self.to_vector(shape)
            layers += more
            for _ in range(draw.randint(0, 2)):
                config, shape = self.composite(shape) if draw.random() < 0.25 else self.layer(shape)
                layers.append(config)
            more, shape = self.to_vector(shape)
            layers += more
        name, kind, activation, options = LOSSES[number % len(LOSSES)]
        head = {'className': 'Conv2D', 'config': {'filters': 3, 'kernelSize': 1}} if len(shape) == 3 else {'className': 'Dense', 'config': {'units': 3}}
        head['config']['activation'] = activation
        rate, more = list(OPTIMIZERS.values())[number % len(OPTIMIZERS)]
        reduction = draw.choice([{}, {}, {'reduction': 'meanWithSampleWeight'}, {'reduction': 'sum'}])
        optimizer = list(OPTIMIZERS)[number % len(OPTIMIZERS)]
        settings = {'learningRate': schedule(draw, rate) if draw.random() < 0.4 else rate, **self.some(more, 0.4)}
        stage = draw.choice(STAGES)
        if optimizer == 'ScheduleFreeAdamW' and 'SpectralNormalization' in str(layers):
            # Keras's sequence begins with the parameters of the first batch, which the layer then changes in each batch.
            stage = {}
        return {
            **description, 'layers': [*layers, head], 'loss': {'name': name, 'options': {**options, **reduction}}, 'targets': kind,
            'optimizer': {'className': optimizer, 'config': {**settings, **stage}},
            'weighted': draw.random() < 0.3,
        }
