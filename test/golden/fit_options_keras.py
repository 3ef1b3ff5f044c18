"""What Keras 3 does with the options of fit, evaluate and predict that say which batches there are: writes fit-options-keras.json.

usage: pip install keras tensorflow_cpu numpy; python fit_options_keras.py
10 examples in batches of 4, which are not shuffled; each `fit` validates with the same examples.
"""
import json
import warnings
from pathlib import Path

import inputs
from small_networks import camel, keras, network, numbers, tf, weights

from keras import optimizers

warnings.simplefilter('ignore')
x, y = inputs.uniform('steps/x', (10, 3), 2).astype('float32'), inputs.labels('steps/y', 10, 4)
sample = inputs.uniform('steps/weights', (10,), 2, 1.25).astype('float32')
fits = [
    {'epochs': 4, 'steps_per_epoch': 2}, {'epochs': 3, 'steps_per_epoch': 3}, {'epochs': 5, 'steps_per_epoch': 1},
    {'epochs': 5, 'initial_epoch': 2, 'steps_per_epoch': 2},
    {'epochs': 5, 'validation_freq': 2}, {'epochs': 4, 'validation_freq': [1, 3]}, {'epochs': 4, 'initial_epoch': 1, 'validation_freq': 3},
    {'epochs': 2, 'validation_steps': 2}, {'epochs': 2, 'validation_steps': 1, 'validation_batch_size': 7},
    {'epochs': 2, 'class_weight': {0: 2.0, 3: 0.5}},
]


def compiled():
    model = network('steps', 3, (4, 'softmax'))
    model.compile(optimizer=optimizers.SGD(0.5), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def logs(record):
    return {name: numbers([value])[0] for name, value in record.items()}


def fit_case(options):
    model = compiled()
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0, validation_data=(x, y), **options)
    return {'options': {camel(key): value for key, value in options.items()},
            'history': {name: numbers(values) for name, values in history.history.items()},
            'steps': int(model.optimizer.iterations), 'weights': weights(model)}


model = compiled()
golden = {
    'madeBy': f'Keras {keras.__version__} on TensorFlow {tf.__version__}',
    'fits': [fit_case(options) for options in fits],
    'evaluated': logs(model.evaluate(x, y, batch_size=4, steps=2, sample_weight=sample, verbose=0, return_dict=True)),
    'tested': logs(model.test_on_batch(x, y, sample_weight=sample, return_dict=True)),
    'predicted': numbers(model.predict(x[:6], batch_size=2, verbose=0)),
    'trained': logs(model.train_on_batch(x, y, class_weight={0: 2.0, 2: 0.5}, return_dict=True)),
}
parts = [f'"{key}": ' + ('[\n' + ',\n'.join(json.dumps(each) for each in value) + '\n]' if key == 'fits' else json.dumps(value))
         for key, value in golden.items()]
Path(__file__).with_name('fit-options-keras.json').write_text('{' + ',\n'.join(parts) + '}\n')
