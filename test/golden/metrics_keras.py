"""Metrics of Keras 3 over batches of 4, 4 and 2 rows: writes metrics-keras.json.

usage: pip install keras tensorflow_cpu numpy; python metrics_keras.py
Predictions are drawn in steps of 1/8, so that many of them are equal and some lie on a threshold. Each metric is taken
without weights, with them, and without over the first batch alone. Cohen's kappa and the correlation of Matthews, which
Keras lacks, are computed by their definitions, and so is the confusion matrix.
"""
import json
from pathlib import Path

import inputs
from small_networks import camel, keras, np, numbers, targets, tf

from keras import metrics

rows, columns = 10, 7
predictions = {
    'rows': inputs.uniform('metric/x', (rows, columns), 1, 0.5, bits=3).astype('float32'),
    'column': inputs.uniform('metric/column', (rows, 1), 1, 0.5, bits=4).astype('float32'),
    'logits': inputs.uniform('metric/logits', (rows, columns), 8).astype('float32'),
    'positive': inputs.uniform('metric/positive', (rows, columns), 2, 1.25).astype('float32'),
}
sample = inputs.uniform('weighting/weights', (rows,), 2, 1.25).astype('float32')
batches = (slice(0, 4), slice(4, 8), slice(8, 10))


def targets_of(kind, width):
    return targets('metric/y', kind, (rows, width))


logits = {'from_logits': True}
two = {'thresholds': [0.75, 0.25]}
even = {'thresholds': [0, 0.25, 0.5, 0.75, 1]}
counted = ['TruePositives', 'FalsePositives', 'TrueNegatives', 'FalseNegatives']
at_points = [('PrecisionAtRecall', 'recall'), ('RecallAtPrecision', 'precision'), ('SensitivityAtSpecificity', 'specificity'),
             ('SpecificityAtSensitivity', 'sensitivity')]
cases = [
    *(('Accuracy', on, 'binary', {}) for on in ('rows', 'column')),
    ('BinaryAccuracy', 'rows', 'binary', {}), ('BinaryAccuracy', 'rows', 'binary', {'threshold': 0.3}), ('BinaryAccuracy', 'rows', 'distributions', {}),
    ('CategoricalAccuracy', 'rows', 'distributions', {}), ('SparseCategoricalAccuracy', 'rows', 'classes', {}),
    ('TopKCategoricalAccuracy', 'rows', 'distributions', {}), ('TopKCategoricalAccuracy', 'rows', 'distributions', {'k': 2}),
    *(('SparseTopKCategoricalAccuracy', 'rows', 'classes', {'k': k}) for k in (1, 2, 3, 6, 9)),
    *((name, on, 'binary', options) for name in counted for on, options in (('rows', {}), ('rows', two), ('rows', even), ('column', {}))),
    *((name, 'rows', kind, options) for name in ('Precision', 'Recall') for kind, options in (
        ('binary', {}), ('binary', two), ('binary', even), ('oneHot', {'top_k': 3}), ('oneHot', {'top_k': 2, 'thresholds': 0.6}),
        ('binary', {'class_id': 2}), ('oneHot', {'class_id': 1, 'top_k': 2}))),
    ('Precision', 'column', 'binary', {'thresholds': [0.1, 0.9, 0.4, 0.4]}),
    *((name, on, 'binary', {bound: value, **options}) for name, bound in at_points for on in ('rows', 'column')
      for value, options in ((0.4, {}), (0.7, {'num_thresholds': 9}), (0.5, {'num_thresholds': 1}))),
    *((name, 'rows', 'binary', {bound: 0.6, 'class_id': 3}) for name, bound in at_points),
    *(('AUC', on, 'binary', {'curve': curve, 'summation_method': method, **options}) for curve in ('ROC', 'PR', 'PRGAIN')
      for method in ('interpolation', 'minoring', 'majoring') for on, options in (('rows', {}), ('column', {'num_thresholds': 9}))),
    ('AUC', 'logits', 'binary', logits), ('AUC', 'rows', 'binary', {'thresholds': [0.7, 0.2, 0.4]}), ('AUC', 'rows', 'binary', {'thresholds': [0.25, 0.5, 0.75]}),
    ('AUC', 'rows', 'binary', {'num_thresholds': 2}), ('AUC', 'rows', 'binary', {'label_weights': [1, 2, 0, 0.5, 1, 1, 3]}),
    *(('AUC', 'rows', 'binary', {'multi_label': True, 'curve': curve, **options}) for curve in ('ROC', 'PR', 'PRGAIN')
      for options in ({}, {'num_thresholds': 5, 'num_labels': 7}, {'label_weights': [1, 2, 0, 0.5, 1, 1, 3], 'thresholds': [0.3, 0.6]})),
    *((name, 'rows', kind, {**options, 'average': average}) for name, options in (('F1Score', {}), ('FBetaScore', {'beta': 2.0}), ('FBetaScore', {'beta': 0.5}))
      for average in (None, 'micro', 'macro', 'weighted') for kind, options in (('oneHot', options), ('binary', {**options, 'threshold': 0.4}))),
    ('OneHotIoU', 'rows', 'oneHot', {'num_classes': 7, 'target_class_ids': [0, 2, 5]}), ('OneHotMeanIoU', 'rows', 'oneHot', {'num_classes': 7}),
    ('OneHotMeanIoU', 'rows', 'oneHot', {'num_classes': 7, 'ignore_class': 3}),
    ('MeanIoU', 'rows', 'classes', {'num_classes': 7, 'sparse_y_pred': False}), ('IoU', 'rows', 'classes', {'num_classes': 7, 'target_class_ids': [1, 2], 'sparse_y_pred': False}),
    ('MeanIoU', 'rows', 'classes', {'num_classes': 7, 'sparse_y_pred': False, 'ignore_class': 2}),
    ('BinaryIoU', 'rows', 'binary', {}), ('BinaryIoU', 'column', 'binary', {'threshold': 0.25, 'target_class_ids': [1]}),
    ('RootMeanSquaredError', 'logits', 'numbers', {}), ('CosineSimilarity', 'logits', 'numbers', {}), ('LogCoshError', 'logits', 'numbers', {}),
    ('PearsonCorrelation', 'logits', 'numbers', {}), ('ConcordanceCorrelation', 'logits', 'numbers', {}),
    *(('R2Score', 'rows', 'numbers', {'class_aggregation': way, 'num_regressors': p}) for way in (None, 'uniform_average', 'variance_weighted_average') for p in (0, 3)),
    ('MeanSquaredError', 'logits', 'numbers', {}), ('MeanAbsoluteError', 'logits', 'numbers', {}), ('MeanAbsolutePercentageError', 'positive', 'numbers', {}),
    ('MeanSquaredLogarithmicError', 'positive', 'counts', {}), ('Poisson', 'positive', 'counts', {}), ('KLDivergence', 'rows', 'distributions', {}),
    ('BinaryCrossentropy', 'rows', 'binary', {}), ('BinaryCrossentropy', 'logits', 'binary', {**logits, 'label_smoothing': 0.2}),
    ('CategoricalCrossentropy', 'positive', 'oneHot', {}), ('CategoricalCrossentropy', 'logits', 'distributions', {**logits, 'label_smoothing': 0.1}),
    ('SparseCategoricalCrossentropy', 'logits', 'classes', logits),
    ('Hinge', 'logits', 'signs', {}), ('SquaredHinge', 'logits', 'signs', {}), ('CategoricalHinge', 'logits', 'oneHot', {}),
]
names = {'Accuracy': 'exactAccuracy', 'IoU': 'iou', 'AUC': 'auc', 'KLDivergence': 'klDivergence'}
texts = {'uniform_average': 'uniformAverage', 'variance_weighted_average': 'varianceWeightedAverage'}


def value(result):
    """A number, or a list of them; None for what is no number."""
    array = np.asarray(result, dtype='float64')
    return numbers(array) if array.ndim > 0 else numbers([array])[0]


def keras_case(name, on, kind, options):
    given, made = targets_of(kind, predictions[on].shape[1]), predictions[on]
    dtype = {'dtype': 'float32'} if 'IoU' in name else {}
    case = {'metric': names.get(name, camel(name)), 'predictions': on, 'targets': kind,
            'options': {camel(key): texts.get(each, each) if isinstance(each, str) else each for key, each in options.items()}}
    for way, weights in {'plain': None, 'weighted': sample, 'first': None}.items():
        metric = getattr(metrics, name)(**options, **dtype)
        for batch in batches[:1] if way == 'first' else batches:
            own = None if weights is None else weights[batch]
            if own is not None and name == 'BinaryIoU':
                own = np.repeat(own, made.shape[1])
            metric.update_state(given[batch], made[batch], own)
        case[way] = value(metric.result())
    return case


def matrix_of(right, predicted, weights, classes):
    matrix = np.zeros((classes, classes))
    for t, y, w in zip(right, predicted, weights):
        matrix[t, y] += w
    return matrix


def kappa(matrix, weightage):
    classes = len(matrix)
    distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
    cost = {'none': distance != 0, 'linear': distance, 'quadratic': distance ** 2}[weightage].astype('float64')
    observed = matrix / matrix.sum()
    expected = np.outer(observed.sum(1), observed.sum(0))
    return 1 - (cost * observed).sum() / (cost * expected).sum()


def matthews(matrix):
    """The correlation of the indicators of classes, summed over classes (Gorodkin 2004, equation 6)."""
    shares = matrix / matrix.sum()
    right, taken = shares.sum(1), shares.sum(0)
    covariance = lambda joint, a, b: sum(joint[k] - a[k] * b[k] for k in range(len(a)))
    return covariance(np.diag(shares), right, taken) / np.sqrt(covariance(right, right, right) * covariance(taken, taken, taken))


def defined_cases():
    cases = []
    for on in ('rows', 'column'):
        width = predictions[on].shape[1]
        kind = 'classes' if on == 'rows' else 'binary'
        right = targets_of(kind, width).ravel().astype('int64')
        taken = predictions[on].argmax(1) if on == 'rows' else (predictions[on].ravel() > 0.5).astype('int64')
        ways = [('confusionMatrix', {}, lambda m: m)]
        ways += [('cohenKappa', {'weightage': way}, lambda m, way=way: kappa(m, way)) for way in ('none', 'linear', 'quadratic')]
        ways += [('matthewsCorrelation', {}, matthews)]
        for metric, options, of in ways:
            case = {'metric': metric, 'predictions': on, 'targets': kind, 'options': options}
            for way, weights, count in (('plain', np.ones(rows), rows), ('weighted', sample, rows), ('first', np.ones(rows), 4)):
                case[way] = value(of(matrix_of(right[:count], taken[:count], weights, max(width, 2))))
            cases.append(case)
    return cases


made = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
lines = [json.dumps(case) for case in (*(keras_case(*each) for each in cases), *defined_cases())]
Path(__file__).with_name('metrics-keras.json').write_text(f'{{"madeBy": "{made}",\n"cases": [\n' + ',\n'.join(lines) + '\n]}\n')
