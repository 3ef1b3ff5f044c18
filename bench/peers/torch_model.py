"""A model of a job in PyTorch."""
import math

from torch import nn
from torch.nn.functional import pad, relu


def torch_model(layers, with_softmax):
    """Training leaves out the softmax at the end: PyTorch's cross-entropy takes logits."""
    modules = modules_of(layers)
    if not with_softmax and isinstance(modules[-1], nn.Softmax):
        modules.pop()
    return nn.Sequential(*modules)


def count_parameters(model):
    """With the moving statistics, as Keras counts."""
    statistics = (buffer for buffer in model.buffers() if buffer.is_floating_point())
    return sum(tensor.numel() for tensor in (*model.parameters(), *statistics))


def modules_of(layers):
    return [module for layer in layers for module in MODULES[layer['className']](layer)]


def activation(config):
    return {'relu': [nn.ReLU()], 'softmax': [nn.Softmax(1)], 'linear': []}[config['activation']]


def convolution(layer, channels, groups=1):
    config = layer['config']
    padding = tuple(size // 2 for size in config['kernelSize']) if config['padding'] == 'same' else 0
    window, strides = tuple(config['kernelSize']), tuple(config['strides'])
    conv = nn.Conv2d(layer['inputShape'][-1], channels, window, strides, padding, groups=groups, bias=config['useBias'])
    return [conv, *activation(config)]


def normalization(layer):
    config = layer['config']
    return [nn.BatchNorm2d(layer['inputShape'][-1], config['epsilon'], 1 - config['momentum'])]


class Residual(nn.Module):
    """activation(shortcut(x) + layers(x))"""

    def __init__(self, layer):
        super().__init__()
        config, children = layer['config'], layer['children']
        count = len(config['layers'])
        self.layers = nn.Sequential(*modules_of(children[:count]))
        self.shortcut = nn.Sequential(*modules_of(children[count:]))
        self.is_relu = config['activation'] == 'relu'

    def forward(self, x):
        y = self.shortcut(x) + self.layers(x)
        return relu(y) if self.is_relu else y


class PaddedShortcut(nn.Module):
    """Every second pixel, and channels of zeros."""

    def __init__(self, layer):
        super().__init__()
        config = layer['config']
        self.strides, self.zeros = config['strides'], config['filters'] - layer['inputShape'][-1]

    def forward(self, x):
        return pad(x[:, :, :: self.strides, :: self.strides], (0, 0, 0, 0, 0, self.zeros))


def max_pooling(layer):
    return [nn.MaxPool2d(tuple(layer['config']['poolSize']), tuple(layer['config']['strides']))]


def dense(layer):
    return [nn.Linear(math.prod(layer['inputShape']), layer['config']['units']), *activation(layer['config'])]


MODULES = {
    'Conv2D': lambda layer: convolution(layer, layer['config']['filters']),
    'DepthwiseConv2D': lambda layer: convolution(layer, layer['inputShape'][-1], layer['inputShape'][-1]),
    'BatchNormalization': normalization,
    'ReLU': lambda layer: [nn.ReLU6() if layer['config'].get('maxValue') == 6 else nn.ReLU()],
    'MaxPooling2D': max_pooling,
    'GlobalAveragePooling2D': lambda layer: [nn.AdaptiveAvgPool2d(1), nn.Flatten()],
    'Flatten': lambda layer: [nn.Flatten()],
    'Dense': dense,
    'Dropout': lambda layer: [nn.Dropout(layer['config']['rate'])],
    'Residual': lambda layer: [Residual(layer)],
    'Shortcut': lambda layer: modules_of(layer['children']),
    'PaddedShortcut': lambda layer: [PaddedShortcut(layer)],
}
