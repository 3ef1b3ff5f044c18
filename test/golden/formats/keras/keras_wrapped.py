"""Files of Keras 3 with layers that keep more than variables of their own: a wrapped layer, and a vocabulary that was found in data.

usage: pip install keras tensorflow_cpu numpy; python keras_wrapped.py
Writes spectral.keras, lookup.keras and keras-wrapped.json, as keras_files.py does for other models.
"""
import json
import os
import sys
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
here = Path(__file__).parent
sys.path.insert(0, str(here.parent.parent))
import keras
import numpy as np
from keras import layers, models, optimizers

import inputs

keras.utils.set_random_seed(7)


def spectral():
    wrapped = layers.Conv2D(3, 3, activation='relu', kernel_initializer='he_normal', bias_initializer='ones')
    return models.Sequential([
        keras.Input((6, 6, 2)),
        layers.SpectralNormalization(wrapped, power_iterations=2),
        layers.Flatten(),
        layers.SpectralNormalization(layers.Dense(3, use_bias=False), name='spectral_output'),
    ], name='spectral')


def lookup():
    found = layers.IntegerLookup(num_oov_indices=2, mask_token=0, output_mode='multi_hot', name='found')
    found.adapt(np.array([3, 3, 1, 1, 1, 4, 0, 0]))
    return models.Sequential([
        keras.Input((4,)),
        layers.Discretization([-1.0, -0.2, 0.4, 1.2]),
        found,
        layers.Dense(2),
    ], name='lookup')


written = []
for model, optimizer in [(spectral(), optimizers.Adam(0.01)), (lookup(), optimizers.SGD(0.1))]:
    name = model.name
    x = inputs.uniform(f'{name}/x', (6, *model.input_shape[1:]), 4).astype('float32')
    y = inputs.uniform(f'{name}/y', (6, model.output_shape[-1]), 2).astype('float32')
    model.compile(optimizer, 'mse', jit_compile=False)
    for _ in range(5):
        model.train_on_batch(x, y)
    file = f'{name}.keras'
    model.save(here / file)
    predictions = np.asarray(model.predict(x, verbose=0)).flatten()
    again = keras.saving.load_model(here / file)
    further = [float(again.train_on_batch(x, y, return_dict=True)['loss']) for _ in range(3)]
    written.append({'name': name, 'file': file, 'inputShape': list(model.input_shape[1:]),
                    'predictions': [round(float(number), 8) for number in predictions], 'losses': further,
                    'steps': 5, 'optimizer': type(optimizer).__name__})
(here / 'keras-wrapped.json').write_text(json.dumps({'cases': written}) + '\n')
