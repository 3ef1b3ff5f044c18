"""Steps of layers under Keras 3's SpectralNormalization: writes spectral-keras.json.

usage: pip install keras tensorflow_cpu numpy; python spectral_keras.py
Weights, inputs and targets are drawn by inputs.py: `spectral/CASE/WEIGHT`, `spectral/CASE/x`, `spectral/CASE/y`.
"""
import json
from pathlib import Path

import inputs
from small_networks import camel, keras, np, numbers, tf

from keras import layers, optimizers

# Class, options, the shape of one input, and iterations.
cases = [('Dense', {'units': 4}, [3], 1), ('Dense', {'units': 2, 'activation': 'tanh'}, [2, 3], 3), ('Conv2D', {'filters': 3, 'kernel_size': 2}, [4, 3, 2], 2),
         ('DepthwiseConv2D', {'kernel_size': 2, 'depth_multiplier': 2}, [3, 3, 2], 1), ('Dense', {'units': 2, 'kernel_initializer': 'zeros'}, [3], 1)]


def record(index, name, options, shape, iterations):
    layer = layers.SpectralNormalization(getattr(layers, name)(**options), power_iterations=iterations)
    model = keras.Sequential([keras.Input(shape), layer])
    own = layer.layer.weights + [layer.vector_u]
    for weight in own:
        drawn = inputs.uniform(f'spectral/{index}/{weight.name}', weight.shape, 2).astype('float32')
        weight.assign(np.zeros_like(drawn) if 'kernel_initializer' in options and weight.name == 'kernel' else drawn)
    x = inputs.uniform(f'spectral/{index}/x', [5, *shape], 2).astype('float32')
    y = inputs.uniform(f'spectral/{index}/y', [5, *layer.compute_output_shape((5, *shape))[1:]], 2).astype('float32')
    model.compile(optimizer=optimizers.SGD(0.1, momentum=0.5), loss='mse')
    steps = []
    for _ in range(3):
        loss = model.train_on_batch(x, y)
        steps.append({'loss': numbers([loss])[0], 'weights': [numbers(weight) for weight in own]})
    config = {camel(key): camel(each) if isinstance(each, str) else each for key, each in options.items()}
    return {'className': name, 'config': config, 'shape': shape, 'powerIterations': iterations,
            'parameters': {weight.name: list(weight.shape) for weight in own}, 'steps': steps, 'prediction': numbers(model(x))}


lines = ',\n'.join(json.dumps(record(i, *case)) for i, case in enumerate(cases))
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('spectral-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
