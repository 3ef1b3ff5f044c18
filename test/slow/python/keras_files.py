"""Opens .keras files in Keras, tells what their models predict and how they train on, and saves them again.

usage: keras_files.py FOLDER
FOLDER/cases.json names the files, and how their batches are drawn by test/golden/inputs.py; FOLDER/told.json is written, and
FOLDER/NAME.back.keras for each.
"""
import json
import os
import sys
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('KERAS_BACKEND', 'torch')
sys.path.insert(0, str(Path(__file__).parent.parent.parent / 'golden'))
import keras
import numpy as np

import inputs

folder = Path(sys.argv[1])


def batch(case):
    rows, name = case['rows'], case['name']
    x = inputs.uniform(f'{name}/x', (rows, *case['inputShape']), 2).astype('float32')
    if case['targets'] == 'classes':
        return x, inputs.labels(f'{name}/y', rows, case['columns'])
    return x, inputs.uniform(f'{name}/y', (rows, *case['outputShape']), 2).astype('float32')


def told(case):
    model = keras.saving.load_model(folder / f"{case['name']}.keras")
    x, y = batch(case)
    predictions = np.asarray(model.predict(x, verbose=0)).astype('float64').flatten()
    model.save(folder / f"{case['name']}.back.keras")
    losses = [float(model.train_on_batch(x, y, return_dict=True)['loss']) for _ in range(case['steps'])]
    return {'predictions': predictions.tolist(), 'losses': losses, 'className': type(model).__name__}


def outcome(case):
    try:
        return told(case)
    except Exception as error:
        return {'error': f'{type(error).__name__}: {error}'[-2000:]}


found = {case['name']: outcome(case) for case in json.loads((folder / 'cases.json').read_text())}
(folder / 'told.json').write_text(json.dumps(found))
