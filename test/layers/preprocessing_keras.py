"""Prints what preprocessing.test.ts expects of rescaling and normalization.

usage: pip install keras tensorflow_cpu numpy; python preprocessing_keras.py
"""
import os

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import numpy as np
from keras import layers

x = np.arange(12, dtype='float32').reshape(2, 2, 3)
for name, layer in {
    'rescaling': layers.Rescaling(0.5, offset=-1),
    'scalars': layers.Normalization(axis=None, mean=3, variance=4),
    'lists': layers.Normalization(mean=[2, 1, 0], variance=[4, 4, 1]),
    'flat': layers.Normalization(mean=[1, 1, 1], variance=[0, 4, 1]),
}.items():
    print(name, np.asarray(layer(x)).ravel().tolist())
