"""A model of a job in PyTorch."""
import math

from torch import nn


def torch_model(layers, with_softmax):
    """Training leaves out the softmax at the end: PyTorch's cross-entropy takes logits."""
    modules = [module for layer in layers for module in MODULES[layer['className']](layer['inputShape'], layer['config'])]
    if not with_softmax and isinstance(modules[-1], nn.Softmax):
        modules.pop()
    return nn.Sequential(*modules)


def activation(config):
    return {'relu': [nn.ReLU()], 'softmax': [nn.Softmax(1)], 'linear': []}[config['activation']]


def conv2d(shape, config):
    padding = tuple(size // 2 for size in config['kernelSize']) if config['padding'] == 'same' else 0
    conv = nn.Conv2d(shape[-1], config['filters'], tuple(config['kernelSize']), tuple(config['strides']), padding)
    return [conv, *activation(config)]


MODULES = {
    'Conv2D': conv2d,
    'MaxPooling2D': lambda shape, config: [nn.MaxPool2d(tuple(config['poolSize']), tuple(config['strides']))],
    'Flatten': lambda shape, config: [nn.Flatten()],
    'Dense': lambda shape, config: [nn.Linear(math.prod(shape), config['units']), *activation(config)],
    'Dropout': lambda shape, config: [nn.Dropout(config['rate'])],
}
