"""Options with their defaults of Keras 3's losses, metrics, optimizers and schedules, by class: writes configs-keras.json.

usage: pip install keras tensorflow_cpu numpy; python configs_keras.py
Names of options are written as Inkling has them, and numbers that were float32 as they were meant.
"""
import inspect
import json
from pathlib import Path

import numpy as np

from small_networks import camel, keras, tf

needed = {
    'PrecisionAtRecall': {'recall': 0.5}, 'RecallAtPrecision': {'precision': 0.5}, 'SensitivityAtSpecificity': {'specificity': 0.5},
    'SpecificityAtSensitivity': {'sensitivity': 0.5}, 'IoU': {'num_classes': 3, 'target_class_ids': [0, 2]}, 'MeanIoU': {'num_classes': 3},
    'OneHotIoU': {'num_classes': 3, 'target_class_ids': [0, 2]}, 'OneHotMeanIoU': {'num_classes': 3},
    'CosineDecay': {'initial_learning_rate': 0.1, 'decay_steps': 10}, 'CosineDecayRestarts': {'initial_learning_rate': 0.1, 'first_decay_steps': 10},
    'ExponentialDecay': {'initial_learning_rate': 0.1, 'decay_steps': 10, 'decay_rate': 0.5},
    'InverseTimeDecay': {'initial_learning_rate': 0.1, 'decay_steps': 10, 'decay_rate': 0.5},
    'PiecewiseConstantDecay': {'boundaries': [5, 8], 'values': [1, 0.5, 0.25]}, 'PolynomialDecay': {'initial_learning_rate': 0.1, 'decay_steps': 10},
}
bases = {'Loss', 'Metric', 'Mean', 'Sum', 'MeanMetricWrapper', 'Optimizer', 'LearningRateSchedule', 'CTC', 'LossScaleOptimizer', 'MultiOptimizer',
         'OptimizerMap', 'Circle'}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (float, np.floating)):
        return float(np.format_float_positional(np.float32(value), trim='0'))
    return value


def configs(module):
    found = {value.__name__: value for value in vars(module).values() if inspect.isclass(value) and value.__name__ not in bases}
    return {name: {camel(key): each for key, each in plain(made(**needed.get(name, {})).get_config()).items()} for name, made in sorted(found.items())}


sections = {'losses': keras.losses, 'metrics': keras.metrics, 'optimizers': keras.optimizers, 'schedules': keras.optimizers.schedules}
lines = ['"needed": ' + json.dumps({name: {camel(key): each for key, each in options.items()} for name, options in needed.items()})]
for section, module in sections.items():
    lines.append(f'"{section}": {{\n' + ',\n'.join(f'"{name}": {json.dumps(config)}' for name, config in configs(module).items()) + '\n}')
text = f'{{"madeBy": "Keras {keras.__version__} on TensorFlow {tf.__version__}",\n' + ',\n'.join(lines) + '}\n'
Path(__file__).with_name('configs-keras.json').write_text(text)
