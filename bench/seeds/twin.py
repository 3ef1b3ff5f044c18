"""What the Keras programs share: options, data, and the line of JSON that each prints at its end.

Each is written after the description of a program for handwritten digits that is known in Keras, and has its equal in examples/:
the same network, optimizer, epochs, batch size and callbacks. KERAS_BACKEND chooses the backend, tensorflow if it is not set.
"""
import argparse
import gzip
import json
import os
import sys
import time

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np


def options(epochs, batch_size, **more):
    """Parses the command line and sets threads and seed. `more`: numbers of a program's own, by name."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', required=True, help='folder of the four IDX files, or of train.csv and test.csv')
    parser.add_argument('--limit', type=int, default=60_000, help='only the first images of training and of testing')
    parser.add_argument('--epochs', type=int, default=epochs)
    parser.add_argument('--batch-size', type=int, default=batch_size)
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    parser.add_argument('--seed', type=int, default=1)
    for name, value in more.items():
        parser.add_argument('--' + name.replace('_', '-'), type=type(value), default=value)
    given = parser.parse_args()
    import keras

    keras.utils.set_random_seed(given.seed)
    if keras.backend.backend() == 'tensorflow':
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(given.threads)
    else:
        import torch

        torch.set_num_threads(given.threads)
    return given


def idx(folder, name, axes):
    """One IDX file, as it is or gzipped."""
    path = os.path.join(folder, f'{name}-idx{axes}-ubyte')
    opened = open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz', 'rb')
    with opened as file:
        data = file.read()
    shape = [int.from_bytes(data[4 + 4 * axis : 8 + 4 * axis], 'big') for axis in range(axes)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def mnist(given):
    """((images, labels) of training, those of testing), images [N, 28, 28, 1] of 0 ... 1, from a folder of IDX files."""
    sets = []
    for prefix in ['train', 't10k']:
        images, labels = idx(given.data, f'{prefix}-images', 3), idx(given.data, f'{prefix}-labels', 1)
        sets.append((scaled(images[: given.limit]), labels[: given.limit].astype('int64')))
    return sets


def kaggle(given, name):
    """(images, labels) of a CSV of Kaggle's form; labels are None where the file has none."""
    with open(os.path.join(given.data, name)) as file:
        columns = file.readline().strip().split(',')
        table = np.fromstring(file.read().replace('\n', ','), np.float32, sep=',').reshape(-1, len(columns))
    table = table[: given.limit]
    if columns[0] != 'label':
        return scaled(table), None
    return scaled(table[:, 1:]), table[:, 0].astype('int64')


def submission_labels(given):
    """The labels of test.csv, which only those who made it know: a file of the form of a submission."""
    with open(os.path.join(given.data, 'test-labels.csv')) as file:
        file.readline()
        table = np.fromstring(file.read().replace('\n', ','), np.int64, sep=',').reshape(-1, 2)
    return table[: given.limit, 1]


def scaled(pixels):
    return pixels.reshape(-1, 28, 28, 1).astype('float32') / 255


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self):
        self.start = time.perf_counter()

    def seconds(self):
        return time.perf_counter() - self.start


def say(program, model, history, seconds, accuracy, loss=None):
    """Prints the line that tells what came out. `seconds`: of `fit` alone, validation included."""
    import keras

    result = {
        'program': program,
        'peer': f'keras-{keras.backend.backend()}',
        'testAccuracy': float(accuracy),
        **({} if loss is None else {'testLoss': float(loss)}),
        'seconds': seconds,
        'epochs': len(history.epoch),
        'parameters': model.count_params(),
    }
    print(json.dumps(result), file=sys.stdout, flush=True)
