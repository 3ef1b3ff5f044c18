"""Losses of Keras 3 and one step of gradient descent from them: writes losses-keras.json.

usage: pip install keras tensorflow_cpu torch numpy; python losses_keras.py; KERAS_BACKEND=torch python losses_keras.py
On TensorFlow, Keras takes the operand of any softmax or sigmoid for logits, even those of a sigmoid for the logits of a
softmax. On its other backends it computes what it documents: such outputs are divided by their sum and clipped. Those pairs
are in losses-keras-torch.json, and logits whose targets do not add up to 1, for which TensorFlow's gradient is not made.
Forms: `dense`, one dense layer of 4 units on 5 examples of 3 numbers; `image`, the same on each of 2x2 pixels; `extreme`, a
dense layer that passes 4 numbers on, some of them very large.
"""
import json
from pathlib import Path

import inputs
from small_networks import camel, keras, network, np, numbers, targets, tf, weights

from keras import layers, losses, optimizers

logits, smooth = {'from_logits': True}, {'label_smoothing': 0.1}
dense_cases = [
    ('SparseCategoricalCrossentropy', 'classes', 'softmax', {}), ('SparseCategoricalCrossentropy', 'classes', 'linear', logits),
    ('SparseCategoricalCrossentropy', 'classes', 'softmax', {'ignore_class': 2}),
    ('SparseCategoricalCrossentropy', 'ignored', 'softmax', {'ignore_class': 255}),
    ('SparseCategoricalCrossentropy', 'ignored', 'linear', {**logits, 'ignore_class': 255}),
    ('CategoricalCrossentropy', 'distributions', 'softmax', {}), ('CategoricalCrossentropy', 'distributions', 'linear', logits),
    ('CategoricalCrossentropy', 'distributions', 'softmax', smooth),
    ('CategoricalCrossentropy', 'distributions', 'linear', {**logits, 'label_smoothing': 0.25}),
    ('BinaryCrossentropy', 'binary', 'sigmoid', {}), ('BinaryCrossentropy', 'binary', 'linear', logits),
    ('BinaryCrossentropy', 'binary', 'sigmoid', {'label_smoothing': 0.2}), ('BinaryCrossentropy', 'binary', 'linear', {**logits, **smooth}),
    ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {}), ('BinaryFocalCrossentropy', 'binary', 'linear', {**logits, 'gamma': 3}),
    ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {'gamma': 0.5, **smooth}), ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {'gamma': 0}),
    ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {'apply_class_balancing': True, 'alpha': 0.7}),
    ('CategoricalFocalCrossentropy', 'oneHot', 'softmax', {}), ('CategoricalFocalCrossentropy', 'distributions', 'linear', {**logits, 'gamma': 1.5}),
    ('CategoricalFocalCrossentropy', 'oneHot', 'sigmoid', {'alpha': 0.6, **smooth}), ('CategoricalFocalCrossentropy', 'oneHot', 'softmax', {'gamma': 0}),
    ('CategoricalGeneralizedCrossEntropy', 'classes', 'softmax', {}), ('CategoricalGeneralizedCrossEntropy', 'classes', 'softmax', {'q': 0.8}),
    ('MeanSquaredError', 'numbers', 'linear', {}), ('MeanAbsoluteError', 'numbers', 'linear', {}),
    ('MeanAbsolutePercentageError', 'numbers', 'linear', {}), ('MeanAbsolutePercentageError', 'binary', 'sigmoid', {}),
    ('MeanSquaredLogarithmicError', 'counts', 'linear', {}), ('MeanSquaredLogarithmicError', 'numbers', 'softplus', {}),
    ('Huber', 'numbers', 'linear', {}), ('Huber', 'numbers', 'linear', {'delta': 0.4}), ('LogCosh', 'numbers', 'linear', {}),
    ('KLDivergence', 'distributions', 'softmax', {}), ('KLDivergence', 'oneHot', 'sigmoid', {}), ('KLDivergence', 'numbers', 'linear', {}),
    ('Poisson', 'counts', 'softplus', {}),
    ('CosineSimilarity', 'numbers', 'linear', {}), ('CosineSimilarity', 'distributions', 'softmax', {}),
    *((name, kind, 'linear', {}) for name in ('Hinge', 'SquaredHinge') for kind in ('signs', 'binary', 'numbers')),
    ('CategoricalHinge', 'oneHot', 'linear', {}), ('CategoricalHinge', 'oneHot', 'softmax', {}),
    ('Dice', 'binary', 'sigmoid', {}), ('Tversky', 'binary', 'sigmoid', {}), ('Tversky', 'oneHot', 'softmax', {'alpha': 0.3, 'beta': 0.7}),
    ('Dice', 'oneHot', 'softmax', {'axis': 1}),
]
image_cases = [
    ('SparseCategoricalCrossentropy', 'classes', 'softmax', {}), ('SparseCategoricalCrossentropy', 'ignored', 'softmax', {'ignore_class': 255}),
    ('BinaryCrossentropy', 'binary', 'sigmoid', {}), ('BinaryCrossentropy', 'binary', 'linear', {**logits, 'axis': 1}),
    ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {'axis': 2}), ('CategoricalFocalCrossentropy', 'oneHot', 'softmax', {'axis': -2}),
    ('CosineSimilarity', 'numbers', 'linear', {'axis': 2}), ('MeanAbsoluteError', 'numbers', 'linear', {}),
    ('Dice', 'binary', 'sigmoid', {'axis': [1, 2, 3]}), ('Dice', 'binary', 'sigmoid', {'axis': [1, 2]}), ('Tversky', 'binary', 'sigmoid', {'axis': [1, 2], 'alpha': 0.2}),
    ('MeanSquaredError', 'numbers', 'linear', {'reduction': 'sum'}),
]
reductions = ['sum_over_batch_size', 'mean', 'sum', 'mean_with_sample_weight']
weighted_cases = [
    *(('SparseCategoricalCrossentropy', 'classes', 'softmax', {'reduction': reduction}) for reduction in reductions),
    *(('SparseCategoricalCrossentropy', 'ignored', 'softmax', {'ignore_class': 255, 'reduction': reduction}) for reduction in reductions),
    *(('Huber', 'numbers', 'linear', {'reduction': reduction}) for reduction in reductions),
    ('Dice', 'binary', 'sigmoid', {}), ('Dice', 'binary', 'sigmoid', {'reduction': 'sum'}),
]
extreme_cases = [
    ('SparseCategoricalCrossentropy', 'classes', 'softmax', {}), ('SparseCategoricalCrossentropy', 'classes', 'linear', logits),
    ('CategoricalCrossentropy', 'oneHot', 'softmax', {}), ('CategoricalCrossentropy', 'oneHot', 'linear', {**logits, **smooth}),
    ('BinaryCrossentropy', 'binary', 'sigmoid', {}), ('BinaryCrossentropy', 'binary', 'linear', logits),
    ('BinaryFocalCrossentropy', 'binary', 'sigmoid', {}), ('BinaryFocalCrossentropy', 'binary', 'linear', logits),
    ('CategoricalFocalCrossentropy', 'oneHot', 'softmax', {}),
    ('KLDivergence', 'oneHot', 'softmax', {}), ('CategoricalHinge', 'oneHot', 'linear', {}), ('Huber', 'numbers', 'linear', {}),
    ('LogCosh', 'numbers', 'linear', {}), ('Hinge', 'signs', 'linear', {}), ('CosineSimilarity', 'numbers', 'linear', {}),
    ('MeanSquaredLogarithmicError', 'counts', 'linear', {}), ('Poisson', 'counts', 'sigmoid', {}), ('Dice', 'binary', 'sigmoid', {}),
]
mismatched = {
    'dense': [
        ('SparseCategoricalCrossentropy', 'classes', 'sigmoid', {}), ('SparseCategoricalCrossentropy', 'classes', 'softplus', {}),
        ('SparseCategoricalCrossentropy', 'ignored', 'sigmoid', {'ignore_class': 255, 'reduction': 'sum'}),
        ('CategoricalCrossentropy', 'distributions', 'sigmoid', {}), ('CategoricalCrossentropy', 'distributions', 'sigmoid', smooth),
        ('CategoricalCrossentropy', 'oneHot', 'sigmoid', {}), ('CategoricalCrossentropy', 'oneHot', 'softplus', {}),
        ('BinaryCrossentropy', 'binary', 'softmax', {}), ('BinaryCrossentropy', 'distributions', 'softmax', smooth),
        ('BinaryFocalCrossentropy', 'binary', 'softmax', {'apply_class_balancing': True, 'alpha': 0.7}),
    ],
    'image': [
        ('CategoricalCrossentropy', 'distributions', 'sigmoid', {'axis': 1}),
        ('CategoricalCrossentropy', 'distributions', 'linear', {**logits, 'axis': 2}),
    ],
    'extreme': [
        ('SparseCategoricalCrossentropy', 'classes', 'sigmoid', {}), ('CategoricalCrossentropy', 'oneHot', 'sigmoid', {}),
    ],
}
extreme = np.array([[0, 1, -1, 2], [1e4, -1e4, 0, 3], [-1e4, -1e4, 1e4, 1e4], [1e4, 1e4, 1e4, 1e4], [0, 0, 0, 0]], dtype='float32')


def model_of(form, activation):
    if form == 'dense':
        return network('loss', 3, (4, activation)), inputs.uniform('loss/x', (5, 3), 4), (5, 4)
    if form == 'extreme':
        model = network('loss', 4, (4, activation))
        model.layers[0].kernel.assign(np.eye(4))
        model.layers[0].bias.assign(np.zeros(4))
        return model, extreme, (5, 4)
    model = keras.Sequential([keras.Input((2, 2, 3)), layers.Conv2D(4, 1, activation=activation)])
    model.layers[0].kernel.assign(inputs.uniform('loss/kernel 0', (1, 1, 3, 4), 2))
    model.layers[0].bias.assign(inputs.uniform('loss/bias 0', (4,), 0.5))
    return model, inputs.uniform('loss/images', (5, 2, 2, 3), 4), (5, 2, 2, 4)


def case(form, name, kind, activation, options, weighted=False):
    model, x, shape = model_of(form, activation)
    rate = 1e-5 if form == 'extreme' else 0.5
    model.compile(optimizer=optimizers.SGD(rate), loss=getattr(losses, name)(**options))
    sample = inputs.uniform('loss/weights', (5,), 2, 1.25).astype('float32') if weighted else None
    loss = model.train_on_batch(x.astype('float32'), targets('loss/y', kind, shape), sample_weight=sample)
    ours = {camel(key): camel(value) if isinstance(value, str) else value for key, value in options.items()}
    return {'form': form, 'loss': 'klDivergence' if name == 'KLDivergence' else camel(name), 'options': ours, 'targets': kind, 'activation': activation,
            'weighted': weighted, 'value': numbers([loss])[0], 'weights': weights(model)}


def uneven_cases():
    """The loss of `evaluate` and the history of `fit` over batches of 4, 4 and 2, for each reduction; half of the loss in the last."""
    x, sample = inputs.uniform('uneven/x', (10, 3), 2).astype('float32'), inputs.uniform('uneven/weights', (10,), 2, 1.25).astype('float32')
    y = inputs.labels('uneven/y', 10, 4)
    cases = []
    for reduction in reductions:
        model = network('uneven', 3, (4, 'softmax'))
        factor = 0.5 if reduction == 'mean_with_sample_weight' else None
        model.compile(optimizer=optimizers.SGD(0.1), loss=losses.SparseCategoricalCrossentropy(reduction=reduction), loss_weights=factor)
        history = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, sample_weight=sample)
        evaluated = model.evaluate(x, y, batch_size=4, verbose=0, sample_weight=sample)
        cases.append({'reduction': camel(reduction), 'lossWeights': factor, 'history': numbers(history.history['loss']),
                      'evaluate': numbers([evaluated])[0], 'weights': weights(model)})
    return cases


if keras.backend.backend() == 'torch':
    made = f'Keras {keras.__version__} on PyTorch'
    cases, uneven = [case(form, *each) for form, group in mismatched.items() for each in group], []
else:
    made = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
    matched = {'dense': dense_cases, 'image': image_cases, 'extreme': extreme_cases}
    cases = [case(form, *each) for form, group in matched.items() for each in group]
    cases += [case('dense', *each, weighted=True) for each in weighted_cases]
    uneven = uneven_cases()
file = 'losses-keras-torch.json' if keras.backend.backend() == 'torch' else 'losses-keras.json'
rows = [',\n'.join(json.dumps(each) for each in group) for group in (cases, uneven)]
Path(__file__).with_name(file).write_text(f'{{"madeBy": "{made}",\n"cases": [\n{rows[0]}\n],\n"uneven": [\n{rows[1]}\n]}}\n')
