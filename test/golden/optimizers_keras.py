"""Ten steps of every optimizer of Keras 3 over drawn options: writes optimizers-keras.json.

usage: pip install keras tensorflow_cpu numpy; python optimizers_keras.py
The parameters and gradients are drawn from tags. A third of the gradient's elements is 0 in each step, and the whole gradient of
`second/kernel` in the first three.
"""
import json
import os
import random
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import numpy as np
import tensorflow as tf
from keras import optimizers

import inputs
from schedule_free import ScheduleFreeAdamW

tf.config.threading.set_intra_op_parallelism_threads(1)
schedules = optimizers.schedules

SHAPES = {'bias': (5,), 'kernel': (4, 3), 'second': (2, 5), 'filters': (2, 2, 2, 3), 'scale': (1,)}
STEPS = 10


def gradient(name, step):
    drawn = inputs.uniform(f'optimizer/gradient {name} {step}', SHAPES[name], 2).astype('float32')
    drawn.reshape(-1)[step % 3::3] = 0
    return drawn * 0 if name == 'second' and step < 3 else drawn


def camel(name):
    """Keras's name of an option as Inkling has it."""
    name = {'clipvalue': 'clip_value', 'clipnorm': 'clip_norm', 'global_clipnorm': 'global_clip_norm'}.get(name, name)
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name)


def numbers(array):
    return [float(f'{number:.8g}') for number in np.asarray(array, dtype='float64').ravel()]


RANGES = {
    'learning_rate': [0.3, 0.1, 0.01, 0.003], 'momentum': [0.5, 0.9, 0.99], 'nesterov': [True, False], 'beta_1': [0.5, 0.9, 0.95],
    'beta_2': [0.6, 0.99, 0.999], 'epsilon': [1e-7, 1e-3, 0.1], 'amsgrad': [True, False], 'rho': [0.5, 0.9, 0.99],
    'centered': [True, False], 'initial_accumulator_value': [0.0, 0.1, 1.0], 'weight_decay': [0.004, 0.1, 0.5],
    'learning_rate_power': [-0.5, -0.3, -0.8], 'l1_regularization_strength': [0.0, 0.05], 'l2_regularization_strength': [0.0, 0.1],
    'l2_shrinkage_regularization_strength': [0.0, 0.2], 'beta': [0.0, 0.5], 'beta_2_decay': [-0.8, -0.5], 'epsilon_1': [1e-30, 1e-3],
    'epsilon_2': [1e-3, 0.5], 'clip_threshold': [1.0, 0.3], 'relative_step': [True, False], 'adam_beta_1': [0.5, 0.9],
    'adam_beta_2': [0.9, 0.999], 'adam_weight_decay': [0.004, 0.2], 'adam_lr_ratio': [1, 0.5], 'ns_steps': [3, 5, 6],
    'rms_rate': [0.2, 0.1, None], 'muon_a': [3.4445, 3.0], 'muon_b': [-4.775, -4.0], 'muon_c': [2.0315, 1.5],
    'warmup_steps': [0, 4, 20],
    'exclude_layers': [[], ['second']], 'exclude_embeddings': [True, False],
}
OWN = {
    'SGD': ['momentum', 'nesterov'],
    'Adam': ['beta_1', 'beta_2', 'epsilon', 'amsgrad'],
    'AdamW': ['beta_1', 'beta_2', 'epsilon', 'amsgrad'],
    'Nadam': ['beta_1', 'beta_2', 'epsilon'],
    'Adamax': ['beta_1', 'beta_2', 'epsilon'],
    'RMSprop': ['rho', 'momentum', 'epsilon', 'centered'],
    'Adagrad': ['initial_accumulator_value', 'epsilon'],
    'Adadelta': ['rho', 'epsilon'],
    'Adafactor': ['beta_2_decay', 'epsilon_1', 'epsilon_2', 'clip_threshold', 'relative_step'],
    'Ftrl': ['learning_rate_power', 'initial_accumulator_value', 'l1_regularization_strength', 'l2_regularization_strength',
             'l2_shrinkage_regularization_strength', 'beta'],
    'Lion': ['beta_1', 'beta_2'],
    'Lamb': ['beta_1', 'beta_2', 'epsilon'],
    'Muon': ['adam_beta_1', 'adam_beta_2', 'epsilon', 'adam_weight_decay', 'adam_lr_ratio', 'momentum', 'nesterov', 'ns_steps',
             'rms_rate', 'muon_a', 'muon_b', 'muon_c', 'exclude_layers', 'exclude_embeddings'],
    'ScheduleFreeAdamW': ['beta_1', 'beta_2', 'epsilon', 'warmup_steps'],
}
STAGES = [{'clipnorm': 0.4}, {'gradient_accumulation_steps': 3}, {'use_ema': True, 'ema_momentum': 0.7}]
SCHEDULES = [
    {'class': 'CosineDecay', 'options': {'initial_learning_rate': 0.1, 'decay_steps': 8}},
    {'class': 'PiecewiseConstantDecay', 'options': {'boundaries': [2, 5], 'values': [0.1, 0.05, 0.2]}},
]


def drawn_cases():
    """Defaults, four drawn sets of options, one of them with an exclusion, and one with a schedule and a stage."""
    draw = random.Random(7)
    for name, own in OWN.items():
        yield name, {}, []
        for i in range(4):
            options = {option: draw.choice(RANGES[option]) for option in own if draw.random() < 0.75}
            if name == 'Ftrl' and options.get('initial_accumulator_value') == 0:
                options['initial_accumulator_value'] = 0.3  # Keras divides 0 by 0 where there was no gradient yet.
            options['learning_rate'] = draw.choice(RANGES['learning_rate'])
            if i % 2 == 1:
                options['weight_decay'] = draw.choice(RANGES['weight_decay'])
            yield name, options, ['bias', 'scale'] if i == 3 else []
        # The cosine ends in 0, by which Ftrl divides.
        yield name, {'learning_rate': draw.choice(SCHEDULES[name == 'Ftrl':]), **draw.choice(STAGES), 'weight_decay': 0.2}, []


def made(name, options):
    rate = options.get('learning_rate')
    if isinstance(rate, dict):
        options = {**options, 'learning_rate': getattr(schedules, rate['class'])(**rate['options'])}
    return {**vars(optimizers), 'ScheduleFreeAdamW': ScheduleFreeAdamW}[name](**options)


def steps(name, options, excluded):
    variables = [keras.Variable(inputs.uniform(f'optimizer/{tag}', shape, 2).astype('float32'), name=tag)
                 for tag, shape in SHAPES.items()]
    optimizer = made(name, options)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    optimizer.build(variables)
    after = {}
    for step in range(STEPS):
        optimizer.apply([tf.constant(gradient(tag, step)) for tag in SHAPES], variables)
        if step + 1 in (1, 4, STEPS):
            after[step + 1] = [number for variable in variables for number in numbers(variable.value)]
    return after


def inkling(options):
    rate = options.get('learning_rate')
    renamed = {camel(option): value for option, value in options.items()}
    if isinstance(rate, dict):
        config = {camel(option): value for option, value in rate['options'].items()}
        renamed['learningRate'] = {'className': rate['class'], 'config': config}
    return renamed


lines = [json.dumps({'optimizer': 'scheduleFreeAdamw' if name == 'ScheduleFreeAdamW' else name.lower(), 'className': name, 'options': inkling(options), 'excluded': excluded,
                     'after': steps(name, options, excluded)}, separators=(',', ':'))
         for name, options, excluded in drawn_cases()]
head = json.dumps({'madeBy': f'Keras {keras.__version__} on TensorFlow {tf.__version__}'})[:-1]
with open(Path(__file__).with_name('optimizers-keras.json'), 'w') as file:
    file.write(head + ', "cases": [\n' + ',\n'.join(lines) + '\n]}\n')
