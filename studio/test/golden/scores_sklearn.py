"""Confusion, precision, recall, F1 and calibration of drawn answers, by scikit-learn; writes scores_sklearn.json."""
import json
from pathlib import Path

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

classes = 5
random = np.random.default_rng(7)
labels = random.integers(0, classes - 1, 240)  # The last class has no images, but gets answers.
logits = random.normal(size=(240, classes)) + 2.0 * np.eye(classes)[labels]
probabilities = np.round(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 6)
predicted = probabilities.argmax(1)
confidence = probabilities.max(1)
right = predicted == labels
# Confidences on the edges of bins belong to the bin below.
confidence[:4] = [0.3, 0.5, 1.0, 0.9]


def scores(average):
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predicted, labels=range(classes), average=average, zero_division=np.nan if average is None else 0)
    clean = lambda values: [None if np.isnan(value) else float(value) for value in np.atleast_1d(values)]
    return {'precision': clean(precision), 'recall': clean(recall), 'f1': clean(f1)}


bins = 10
share, mean = calibration_curve(right, confidence, n_bins=bins)
which = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
counts = np.bincount(which, minlength=bins)
error = float(np.sum(counts[counts > 0] * np.abs(share - mean)) / len(confidence))
result = {
    'classes': classes,
    'labels': labels.tolist(),
    'predicted': predicted.tolist(),
    'confusion': confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
    'each': scores(None),
    'macro': scores('macro'),
    'weighted': scores('weighted'),
    'accuracy': accuracy_score(labels, predicted),
    'confidence': confidence.tolist(),
    'right': right.tolist(),
    'counts': counts.tolist(),
    'binShare': share.tolist(),
    'binMean': mean.tolist(),
    'error': error,
}
(Path(__file__).parent / 'scores_sklearn.json').write_text(json.dumps(result) + '\n')
