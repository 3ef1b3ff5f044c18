"""The output shapes that Keras gives for the random networks in networks.json: writes networks-keras.json.

usage: pip install keras tensorflow_cpu; python networks_keras.py
Zeros on each side are a layer of their own in Keras; its shape is left out.
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
from keras import layers

here = Path(__file__).parent


def both(value):
    return tuple(value) if isinstance(value, list) else value


def keras_layers(factory, options):
    """One layer, behind one of padding where there are zeros for each side."""
    named = {'kernelSize': 'kernel_size', 'dilationRate': 'dilation_rate', 'poolSize': 'pool_size',
             'targetShape': 'target_shape', 'keepDims': 'keepdims'}
    kinds = {'conv2d': layers.Conv2D, 'maxPooling2d': layers.MaxPooling2D, 'averagePooling2d': layers.AveragePooling2D,
             'globalAveragePooling2d': layers.GlobalAveragePooling2D, 'globalMaxPooling2d': layers.GlobalMaxPooling2D,
             'dense': layers.Dense, 'flatten': layers.Flatten, 'reshape': layers.Reshape, 'relu': layers.ReLU,
             'softmax': layers.Softmax, 'dropout': layers.Dropout}
    options = {named.get(name, name): both(value) for name, value in options.items()}
    if factory == 'averagePooling2d':
        options.setdefault('pool_size', 2)  # Keras has a default for the other one alone
    before = []
    if isinstance(options.get('padding'), dict):
        sides = options.pop('padding')
        before = [layers.ZeroPadding2D(((sides['top'], sides['bottom']), (sides['left'], sides['right'])))]
    return [*before, kinds[factory](**options)]


def shapes(network):
    shape = (None, *network['input'])
    result = []
    for spec in network['layers']:
        for layer in keras_layers(spec['factory'], spec['options']):
            shape = layer.compute_output_shape(shape)
        result.append(list(shape[1:]))
    return result


networks = json.loads((here / 'networks.json').read_text())
lines = ',\n'.join(json.dumps(shapes(network)) for network in networks)
(here / 'networks-keras.json').write_text(f'{{"madeBy": "Keras {keras.__version__}", "outputs": [\n{lines}\n]}}\n')
