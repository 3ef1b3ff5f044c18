"""What Keras 3 computes while it trains small dense networks: writes training-keras.json.

usage: pip install keras tensorflow_cpu numpy; python training_keras.py
Layer i of network `tag` has the kernel uniform(`tag/kernel i`, scale 2) and the bias uniform(`tag/bias i`, scale 1/2);
the data are drawn from tags as well. Batches are not shuffled; the last one of `weighting` is smaller.
"""
import json
from pathlib import Path

import inputs
from small_networks import camel, keras, network, numbers, tf, weights

from keras import losses, metrics, optimizers


def stage_cases():
    """Ten steps on batches of 6: the weights and the losses, for optimizers and ways to change gradients or average weights."""
    stages = [
        {}, {'clipvalue': 0.02}, {'clipnorm': 0.1}, {'global_clipnorm': 0.15},
        {'gradient_accumulation_steps': 3}, {'gradient_accumulation_steps': 4, 'global_clipnorm': 0.05},
        {'use_ema': True, 'ema_momentum': 0.8}, {'use_ema': True, 'ema_momentum': 0.7, 'ema_overwrite_frequency': 4},
        {'use_ema': True, 'ema_momentum': 0.6, 'gradient_accumulation_steps': 2, 'clipnorm': 0.2},
    ]
    ways = [
        *(('SGD', {'learning_rate': 0.3, 'momentum': 0.9, **stage}) for stage in stages),
        *(('Adam', {'learning_rate': 0.02, **stage}) for stage in stages),
        ('Adagrad', {'learning_rate': 0.1}),
        ('Adagrad', {'learning_rate': 0.2, 'initial_accumulator_value': 0, 'epsilon': 0.001}),
    ]
    x = inputs.uniform('stage/x', (60, 4), 4).astype('float32')
    y = inputs.labels('stage/y', 60, 3)
    cases = []
    for name, options in ways:
        model = network('stage', 4, (5, 'tanh'), (3, 'softmax'))
        optimizer = getattr(optimizers, name)(**options)
        followed = []
        for step in range(10):
            batch = slice(6 * step, 6 * step + 6)
            with tf.GradientTape() as tape:
                outputs = model(x[batch], training=True)
                loss = tf.reduce_mean(losses.sparse_categorical_crossentropy(y[batch], outputs))
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)
            followed.append(loss)
        case = {'optimizer': name.lower(), 'options': {camel(option): value for option, value in options.items()},
                'losses': numbers(followed), 'weights': weights(model), 'iterations': int(optimizer.iterations)}
        optimizer.finalize_variable_values(model.trainable_variables)
        case['final'] = weights(model)
        cases.append(case)
    return cases


def fitted(model, history):
    logs = {name: numbers(values) for name, values in history.history.items()}
    return {'history': logs, 'weights': weights(model)}


def weighting_cases():
    """`fit` on 10 examples in batches of 4 for 2 epochs, and what `evaluate` says then."""
    x = inputs.uniform('weighting/x', (10, 3), 2).astype('float32')
    y = inputs.labels('weighting/y', 10, 4)
    sample = inputs.uniform('weighting/weights', (10,), 2, 1.25).astype('float32')
    valid = (x[:7] * 0.5, y[:7], sample[3:])
    ways = {
        'none': {}, 'sampleWeight': {'sample_weight': sample}, 'classWeight': {'class_weight': {0: 1.0, 1: 5.0, 3: 0.25}},
    }
    cases = []
    for way, options in ways.items():
        model = network('weighting', 3, (4, 'softmax'))
        model.compile(optimizer=optimizers.SGD(0.5), loss='sparse_categorical_crossentropy', metrics=['accuracy'],
                      weighted_metrics=[metrics.SparseCategoricalAccuracy(name='weightedAccuracy')])
        history = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, validation_data=valid, **options)
        evaluated = model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True, sample_weight=sample)
        cases.append({'way': way, **fitted(model, history),
                      'evaluate': {name: numbers([value])[0] for name, value in evaluated.items()}})
    return cases


def one_unit_cases():
    """Targets [N] for one unit: binary classes with class weights, and numbers."""
    x = inputs.uniform('unit/x', (10, 3), 2).astype('float32')
    labels = inputs.labels('unit/y', 10, 2)
    values = inputs.uniform('unit/values', (10,), 4).astype('float32')
    cases = []
    for loss, activation, y, options in [
        ('binary_crossentropy', 'sigmoid', labels, {}),
        ('binary_crossentropy', 'sigmoid', labels, {'class_weight': {0: 0.5, 1: 3.0}}),
        ('mean_squared_error', 'linear', values, {}),
    ]:
        model = network('unit', 3, (1, activation))
        model.compile(optimizer=optimizers.SGD(0.25), loss=loss, metrics=['accuracy'] if activation == 'sigmoid' else ['mae'])
        history = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, **options)
        cases.append({'loss': {'binary_crossentropy': 'binaryCrossentropy'}.get(loss, 'meanSquaredError'),
                      'weighted': bool(options), **fitted(model, history)})
    return cases


golden = {
    'madeBy': f'Keras {keras.__version__} on TensorFlow {tf.__version__}',
    'stages': stage_cases(), 'weighting': weighting_cases(), 'oneUnit': one_unit_cases(),
}
with open(Path(__file__).with_name('training-keras.json'), 'w') as file:
    lines = []
    for key, value in golden.items():
        rows = ',\n'.join(json.dumps(each) for each in value) if isinstance(value, list) else None
        lines.append(f'"{key}": ' + (json.dumps(value) if rows is None else f'[\n{rows}\n]'))
    file.write('{' + ',\n'.join(lines) + '}\n')
