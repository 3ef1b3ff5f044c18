"""The public names of Keras 3 that docs/keras.md must speak of: writes keras-api.json.

usage: pip install keras tensorflow_cpu; python keras_api.py
A class counts once, under its own name; functions beside a class of the same meaning and the machinery of files
(get, serialize, deserialize) are left out.
"""
import inspect
import json
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras

modules = {
    'Layers': keras.layers,
    'Losses': keras.losses,
    'Metrics': keras.metrics,
    'Optimizers': keras.optimizers,
    'Schedules': keras.optimizers.schedules,
    'Callbacks': keras.callbacks,
    'Initializers': keras.initializers,
    'Regularizers': keras.regularizers,
    'Constraints': keras.constraints,
}
methods = ['compile', 'fit', 'evaluate', 'predict', 'train_on_batch', 'test_on_batch', 'predict_on_batch', 'summary']


def classes(module):
    return sorted({value.__name__ for name, value in vars(module).items() if inspect.isclass(value)})


def functions(module):
    machinery = {'get', 'serialize', 'deserialize'}
    found = {value.__name__ for name, value in vars(module).items() if inspect.isfunction(value)}
    return sorted(found - machinery)


def options(method):
    names = inspect.signature(getattr(keras.Model, method)).parameters
    return [name for name in names if name not in ('self', 'kwargs')]


api = {section: classes(module) for section, module in modules.items()}
api['Activations'] = functions(keras.activations)
api['Options'] = [f'{method}({option})' for method in methods for option in options(method)]
lines = ',\n'.join(f'"{section}": {json.dumps(names)}' for section, names in api.items())
Path(__file__).with_name('keras-api.json').write_text(f'{{"madeBy": "Keras {keras.__version__}",\n{lines}}}\n')
