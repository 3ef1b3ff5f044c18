"""A network with a layer that neither Keras nor Inkling has, by subclassing in Keras 3: writes custom-layer-keras.json.

usage: pip install keras tensorflow_cpu numpy; python custom_layer_keras.py
"""
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
from keras import layers, ops

import inputs


class GeneralizedMeanPooling(layers.Layer):
    """The mean of all pixels to a power that is learned."""

    def build(self, shape):
        self.p = self.add_weight(shape=(1,), initializer=keras.initializers.Constant(3.0), name='p')

    def call(self, x):
        return ops.power(ops.mean(ops.power(ops.maximum(x, 1e-6), self.p), axis=(1, 2)), 1 / self.p)


model = keras.Sequential([
    keras.Input((6, 6, 2)),
    layers.Conv2D(4, 3, activation='relu'),
    GeneralizedMeanPooling(),
    layers.Dense(3, activation='softmax'),
])
weights = [inputs.uniform(f'custom/{i}', weight.shape, 1).astype('float32') for i, weight in enumerate(model.weights)]
weights[2] = np.array([3], dtype='float32')
model.set_weights(weights)
x = inputs.uniform('custom/x', [8, 6, 6, 2], 4).astype('float32')
y = inputs.labels('custom/y', 8, 3)
model.compile(keras.optimizers.Adam(0.05), 'sparse_categorical_crossentropy')
predicted = model.predict(x, verbose=0)
history = model.fit(x, y, batch_size=8, epochs=10, shuffle=False, verbose=0).history
Path(__file__).with_name('custom-layer-keras.json').write_text(json.dumps({
    'madeBy': f'Keras {keras.__version__}',
    'shapes': [list(weight.shape) for weight in model.weights],
    'predicted': [float(f'{number:.9g}') for number in predicted.ravel()],
    'losses': [float(f'{loss:.9g}') for loss in history['loss']],
    'power': float(model.layers[1].p.numpy()[0]),
}) + '\n')
