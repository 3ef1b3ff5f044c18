"""Values of the schedules of Keras 3 and PyTorch over drawn options: writes schedules.json.

usage: pip install keras tensorflow_cpu torch numpy; python schedules_keras_torch.py
Keras computes in float64 here, since in float32 it begins restarts a step too late or too early.
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
import torch

keras.config.set_floatx('float64')
schedules = keras.optimizers.schedules


def camel(name):
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name)


RATES = {'initial_learning_rate': [0.1, 1.0, 0.003]}
KERAS = {
    'ExponentialDecay': {**RATES, 'decay_steps': [5, 20, 7.5], 'decay_rate': [0.96, 0.5, 1.1], 'staircase': [True, False]},
    'InverseTimeDecay': {**RATES, 'decay_steps': [5, 20], 'decay_rate': [0.5, 2.0], 'staircase': [True, False]},
    'PolynomialDecay': {**RATES, 'decay_steps': [10, 25], 'end_learning_rate': [0.0001, 0.01, 0.5], 'power': [1.0, 0.5, 2.0],
                        'cycle': [True, False]},
    'CosineDecay': {**RATES, 'decay_steps': [10, 33], 'alpha': [0.0, 0.1], 'warmup_target': [None, 0.5], 'warmup_steps': [4, 11]},
    'CosineDecayRestarts': {**RATES, 'first_decay_steps': [7, 10], 't_mul': [2.0, 1.0, 1.5], 'm_mul': [1.0, 0.9], 'alpha': [0.0, 0.1]},
    'PiecewiseConstantDecay': {'pieces': [([5], [1.0, 0.5]), ([3, 10, 20], [0.1, 0.2, 0.05, 0.01])]},
}
STEPS = 60


def exact(value):
    """As float64, which TensorFlow does not make of Python's numbers by itself."""
    return [np.float64(each) for each in value] if isinstance(value, list) else np.float64(value) if isinstance(value, float) else value


def keras_cases():
    draw = random.Random(3)
    for name, ranges in KERAS.items():
        for _ in range(2 if name == 'PiecewiseConstantDecay' else 7):
            options = {option: draw.choice(values) for option, values in ranges.items()}
            if 'pieces' in options:
                boundaries, values = KERAS[name]['pieces'][_]
                options = {'boundaries': boundaries, 'values': values}
            if 'warmup_target' in options and options['warmup_target'] is None:
                options = {key: value for key, value in options.items() if not key.startswith('warmup')}
            schedule = getattr(schedules, name)(**{option: exact(value) for option, value in options.items()})
            yield name, options, [float(schedule(tf.constant(step, 'int64'))) for step in range(STEPS)]


def torch_values(momentum, make):
    """The rates and momenta of a scheduler of PyTorch."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0, momentum=momentum)
    scheduler = make(optimizer)
    rates, momenta = [], []
    for _ in range(STEPS):
        group = optimizer.param_groups[0]
        rates.append(group['lr'])
        momenta.append(group['momentum'])
        optimizer.step()
        scheduler.step()
    return rates, momenta


def torch_cases():
    cycles = [
        {}, {'pct_start': 0.25, 'anneal_strategy': 'linear'}, {'three_phase': True}, {'three_phase': True, 'anneal_strategy': 'linear', 'pct_start': 0.41},
        {'div_factor': 10.0, 'final_div_factor': 100.0, 'base_momentum': 0.8, 'max_momentum': 0.99, 'pct_start': 0.5},
    ]
    for options in cycles:
        given = {'total_steps': STEPS, **options}
        rates, momenta = torch_values(0.9, lambda optimizer: torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.4, **given))
        yield 'OneCycle', {'max_learning_rate': 0.4, **given}, rates
        yield 'OneCycleMomentum', {'max_learning_rate': 0.4, **given}, momenta
    for size, gamma in [(5, 0.1), (20, 0.5)]:
        rates, _ = torch_values(0.0, lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, size, gamma))
        yield 'StepDecay', {'initial_learning_rate': 1.0, 'decay_steps': size, 'decay_rate': gamma}, rates
    # From a tenth of the rate in 6 steps, then the exponential fall, which counts its own steps.
    lr = torch.optim.lr_scheduler
    rates, _ = torch_values(0.0, lambda optimizer: lr.SequentialLR(optimizer, [
        lr.LinearLR(optimizer, start_factor=0.1, total_iters=6), lr.ExponentialLR(optimizer, 0.9)], milestones=[6]))
    exponential = {'className': 'ExponentialDecay', 'config': {'initialLearningRate': 1.0, 'decaySteps': 1, 'decayRate': 0.9}}
    yield 'LinearWarmup', {'schedule': exponential, 'warmup_steps': 6, 'initial_learning_rate': 0.1}, rates
    rates, _ = torch_values(0.0, lambda optimizer: lr.SequentialLR(optimizer, [
        lr.ConstantLR(optimizer, factor=0.5, total_iters=1000), lr.ExponentialLR(optimizer, 0.9), lr.StepLR(optimizer, 4, 0.5)],
        milestones=[3, 15]))
    step = {'className': 'StepDecay', 'config': {'initialLearningRate': 1.0, 'decaySteps': 4, 'decayRate': 0.5}}
    yield 'Sequence', {'parts': [{'schedule': 0.5, 'steps': 3}, {'schedule': exponential, 'steps': 12}, {'schedule': step}]}, rates


lines = [json.dumps({'className': name, 'config': {camel(key): value for key, value in options.items()}, 'values': values})
         for name, options, values in [*keras_cases(), *torch_cases()]]
head = json.dumps({'madeBy': f'Keras {keras.__version__} and PyTorch {torch.__version__}'})[:-1]
with open(Path(__file__).with_name('schedules.json'), 'w') as file:
    file.write(head + ', "cases": [\n' + ',\n'.join(lines) + '\n]}\n')
