"""Regularizers and constraints, by Keras 3: writes penalties-keras.json.

usage: pip install keras tensorflow_cpu numpy; python penalties_keras.py
Each case is a small network that `fit` trains for one epoch of three batches (4, 4 and 2 examples, not shuffled): what it
says the loss is, the weights behind each step, and what `evaluate` says then. Weights and data are drawn by inputs.py.
"""
import json
import os
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
from keras import constraints, layers, optimizers, regularizers
import numpy as np
import tensorflow as tf

import inputs

tf.config.threading.set_intra_op_parallelism_threads(1)

l1, l2, l1l2 = regularizers.L1, regularizers.L2, regularizers.L1L2
orthogonal = regularizers.OrthogonalRegularizer

DENSE = ('Dense', {'units': 5, 'activation': 'tanh'})
OUTPUT = ('Dense', {'units': 3, 'activation': 'softmax'})
CONV = ('Conv2D', {'filters': 4, 'kernel_size': 2, 'activation': 'relu'})


def dense(**options):
    return [('Dense', {**DENSE[1], **options}), OUTPUT]


def conv(**options):
    return [('Conv2D', {**CONV[1], **options}), ('Flatten', {}), OUTPUT]


# The shape of one input, the layers, and options of the optimizer.
cases = {
    'l1 of the kernel': ([4], dense(kernel_regularizer=l1(0.05))),
    'l1 by its name': ([4], dense(kernel_regularizer='l1')),
    'l2 of the kernel': ([4], dense(kernel_regularizer=l2(0.05))),
    'l1l2 of kernel and bias': ([4], dense(kernel_regularizer=l1l2(l1=0.02, l2=0.03), bias_regularizer=l1l2(l1=0.1))),
    'l1l2 with l2 alone': ([4], dense(kernel_regularizer=l1l2(l2=0.03))),
    'orthogonal rows': ([4], dense(kernel_regularizer=orthogonal(0.5))),
    'orthogonal columns': ([4], dense(kernel_regularizer=orthogonal(0.5, mode='columns'))),
    'l2 of the activity': ([4], dense(activity_regularizer=l2(0.3))),
    'l1 of probabilities': ([4], [DENSE, ('Dense', {**OUTPUT[1], 'activity_regularizer': l2(0.4)})]),
    'a layer for the activity': ([4], [DENSE, ('ActivityRegularization', {'l1': 0.1, 'l2': 0.2}), OUTPUT]),
    'a frozen layer': ([4], [('Dense', {**DENSE[1], 'kernel_regularizer': l2(0.5), 'activity_regularizer': l1(0.2),
                                        'kernel_constraint': constraints.UnitNorm(), 'trainable': False}), OUTPUT]),
    'maxNorm': ([4], dense(kernel_constraint=constraints.MaxNorm(0.9), bias_constraint='max_norm')),
    'maxNorm of rows': ([4], dense(kernel_constraint=constraints.MaxNorm(0.8, axis=1))),
    'minMaxNorm': ([4], dense(kernel_constraint=constraints.MinMaxNorm(0.9, 1.2))),
    'minMaxNorm in part': ([4], dense(kernel_constraint=constraints.MinMaxNorm(1.5, 1.6, rate=0.3))),
    'unitNorm': ([4], dense(kernel_constraint=constraints.UnitNorm(axis=0))),
    'nonNeg': ([4], dense(kernel_constraint='non_neg', bias_constraint=constraints.NonNeg())),
    'convolution': ([3, 4, 2], conv(kernel_regularizer=l2(0.1), bias_regularizer=l1(0.05), activity_regularizer=l1(0.02),
                                    kernel_constraint=constraints.MaxNorm(0.7, axis=[0, 1, 2]), bias_constraint='non_neg')),
    'slopes': ([4], [('Dense', {'units': 5}), ('PReLU', {'alpha_regularizer': l2(0.2), 'alpha_constraint': 'non_neg'}), OUTPUT]),
    'shared slopes': ([3, 4, 2], [('Conv2D', {'filters': 4, 'kernel_size': 2}), ('PReLU', {'shared_axes': [1, 2]}),
                                  ('Flatten', {}), OUTPUT]),
    'behind averages': ([4], dense(kernel_regularizer=l2(0.05), kernel_constraint=constraints.MaxNorm(0.7)),
                        {'use_ema': True, 'ema_momentum': 0.6, 'ema_overwrite_frequency': 2}),
    'accumulated': ([4], dense(kernel_regularizer=l2(0.05), kernel_constraint=constraints.MinMaxNorm(1.5, 1.6, rate=0.3)),
                    {'gradient_accumulation_steps': 2}),
}
names = {'L1': 'l1', 'L2': 'l2', 'L1L2': 'l1l2', 'OrthogonalRegularizer': 'orthogonalRegularizer', 'MaxNorm': 'maxNorm',
         'MinMaxNorm': 'minMaxNorm', 'UnitNorm': 'unitNorm', 'NonNeg': 'nonNeg', 'max_norm': 'maxNorm', 'non_neg': 'nonNeg'}


def camel(name):
    """Keras's name of an option as Inkling has it."""
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name)


def as_json(value):
    """An option as Inkling has it in a config."""
    if isinstance(value, (regularizers.Regularizer, constraints.Constraint)):
        config = {camel(key): round(each, 6) if isinstance(each, float) else each for key, each in value.get_config().items()}
        return {'name': names[type(value).__name__], **config}
    return names.get(value, value) if isinstance(value, str) else value


def numbers(array):
    return [float(f'{number:.9g}') for number in np.asarray(array, dtype='float64').ravel()]


class Weights(keras.callbacks.Callback):
    """The weights behind each step."""

    def on_train_begin(self, logs=None):
        self.steps = []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append([numbers(array) for array in self.model.get_weights()])


def record(name, shape, stack, optimizer=None):
    model = keras.Sequential([keras.Input(shape), *(getattr(layers, kind)(**options) for kind, options in stack)])
    first = [inputs.uniform(f'penalties/{name} {i}', weight.shape, 1 if len(weight.shape) > 1 else 0.5).astype('float32')
             for i, weight in enumerate(model.weights)]
    model.set_weights(first)
    model.compile(optimizer=optimizers.SGD(0.25, **(optimizer or {})), loss='sparse_categorical_crossentropy')
    x = inputs.uniform('penalties/x', [10, *shape], 2).astype('float32')
    y = inputs.labels('penalties/y', 10, 3)
    weights = Weights()
    history = model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0, callbacks=[weights])
    evaluated = model.evaluate(x, y, batch_size=4, verbose=0)
    stack = [{'className': kind, 'config': {camel(key): as_json(value) for key, value in options.items()}}
             for kind, options in stack]
    return {'name': name, 'shape': shape, 'layers': stack,
            'optimizer': {camel(key): value for key, value in (optimizer or {}).items()},
            'loss': numbers(history.history['loss'])[0], 'steps': weights.steps, 'evaluated': numbers([evaluated])[0]}


lines = ',\n'.join(json.dumps(record(name, *case)) for name, case in cases.items())
made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
Path(__file__).with_name('penalties-keras.json').write_text(f'{{"madeBy": "{made_by}", "cases": [\n{lines}\n]}}\n')
