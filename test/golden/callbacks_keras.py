"""What Keras's callbacks decide over drawn logs: writes callbacks-keras.json.

usage: pip install keras tensorflow_cpu; python callbacks_keras.py
Logs and thresholds are multiples of 1/64, so that ties are ties in every precision.
"""
import json
import os
import random
import re
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras

EPOCHS = 40
CASES = 24
MONITORS = [('val_loss', 'auto'), ('val_loss', 'min'), ('score', 'max'), ('score', 'min')]


def camel(name):
    return re.sub(r'_(\w)', lambda match: match[1].upper(), name)


class Optimizer:
    learning_rate = 0.5


class Model:
    """What the callbacks touch of a model. Its weights are the epoch whose end it is."""

    def __init__(self):
        self.optimizer, self.metrics, self.stop_training, self.saved, self.epoch, self.restored = Optimizer(), [], False, [], 0, None

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.restored = weights

    def save(self, path, overwrite):
        self.saved.append(path)


def values(draw):
    """Falls or rises on the whole, with steps of 0, and with an end that goes nowhere."""
    level, all_values = draw.randrange(100, 200), []
    for epoch in range(EPOCHS):
        level += draw.choice([-6, -3, -1, 0, 0, 1, 2] if epoch < 15 else [-2, -1, 0, 0, 1, 2])
        all_values.append(float('nan') if epoch > 0 and draw.random() < 0.04 else level / 64)
    return all_values


def early_stopping(draw, monitor, mode):
    options = dict(monitor=monitor, mode=mode, min_delta=draw.choice([0, 1 / 64, 3 / 64]), patience=draw.randrange(0, 7),
                   baseline=draw.choice([None, None, 1.75, 2.5]), restore_best_weights=draw.random() < 0.5,
                   start_from_epoch=draw.choice([0, 0, 3]))
    given = values(draw)
    model, callback = run(keras.callbacks.EarlyStopping(**options), monitor, given)
    restored = model.restored
    return options, given, {'stoppedEpoch': callback.stopped_epoch if model.stop_training else None,
                            'bestEpoch': callback.best_epoch, 'restored': restored}


def reduce_lr_on_plateau(draw, monitor, mode):
    options = dict(monitor=monitor, mode=mode, factor=draw.choice([0.5, 0.25]), patience=draw.randrange(0, 4),
                   min_delta=draw.choice([0, 1 / 64, 3 / 64]), cooldown=draw.randrange(0, 4), min_lr=draw.choice([0.0, 1 / 32]))
    given = values(draw)
    rates = []
    run(keras.callbacks.ReduceLROnPlateau(**options), monitor, given, lambda model: rates.append(float(model.optimizer.learning_rate)))
    return options, given, {'rates': rates}


def model_checkpoint(draw, monitor, mode):
    options = dict(monitor=monitor, mode=mode, save_best_only=draw.random() < 0.8, save_freq=draw.choice(['epoch', 'epoch', 1, 3, 5]),
                   initial_value_threshold=draw.choice([None, None, 2.5]))
    if options['save_freq'] != 'epoch':
        # Logs of validation are known behind epochs alone.
        monitor, options = 'loss', {**options, 'monitor': 'loss', 'mode': 'auto'}
    options['filepath'] = '{epoch:02d}-{' + monitor + ':.6f}.keras'
    given = values(draw)
    model, _ = run(keras.callbacks.ModelCheckpoint(**options), monitor, given)
    return options, given, {'saved': [path.removesuffix('.keras') for path in model.saved]}


def run(callback, monitor, given, behind=lambda model: None):
    """One fit of epochs of two batches each, whose logs are the values."""
    model = Model()
    callback.set_model(model)
    callback.set_params({'epochs': EPOCHS})
    callback.on_train_begin()
    for epoch, value in enumerate(given):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        logs = {'loss': 0.0, monitor: value}
        for batch in range(2):
            if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.monitor_op is None:
                callback._set_monitor_op()
            callback.on_train_batch_end(batch, dict(logs))
        callback.on_epoch_end(epoch, dict(logs))
        behind(model)
        if model.stop_training:
            break
    callback.on_train_end()
    return model, callback


def cases(make):
    draw = random.Random(5)
    for _ in range(CASES):
        options, given, expected = make(draw, *draw.choice(MONITORS))
        options = {camel(name): value for name, value in options.items() if value is not None}
        yield json.dumps({'options': options, 'expected': expected,
                          'values': [None if value != value else value for value in given]}, separators=(',', ':'))


groups = [f'"{camel(make.__name__)}": [\n' + ',\n'.join(cases(make)) + '\n]'
          for make in [early_stopping, reduce_lr_on_plateau, model_checkpoint]]
path = Path(__file__).with_name('callbacks-keras.json')
path.write_text(f'{{"madeBy": "Keras {keras.__version__}", ' + ',\n'.join(groups) + '}\n')
