"""The job of a measuring program (see job.ts), the images, and how times are taken."""
import json
import os
import statistics
import sys
import time

import numpy as np

job = json.loads(sys.argv[1])


def images_and_labels():
    """MNIST's training images, [60000, 28, 28, 1] of 0 to 1, and labels."""

    def read(name, header):
        with open(os.path.join(job['data'], name), 'rb') as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    images = read('train-images-idx3-ubyte', 16).reshape(-1, 28, 28, 1).astype('float32') / 255
    return images, read('train-labels-idx1-ubyte', 8).astype('int64')


def batches_of_a_pass(batch):
    return max(1, job['train']['images'] // batch)


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def median_of_passes(run):
    run()
    return statistics.median(seconds(run) for _ in range(job['train']['passes']))


def median_of_predictions(run):
    infer, times = job['infer'], []
    for _ in range(infer['warmUpRuns']):
        run()
    end = time.perf_counter() + infer['milliseconds'] / 1e3
    while len(times) < infer['leastRuns'] or time.perf_counter() < end:
        times.append(seconds(run))
    return statistics.median(times)


def say(peer, mode, batch, images_per_second, **more):
    row = {'peer': peer, 'threads': job['threads'], 'model': job['model'], 'mode': mode, 'batch': batch}
    print(json.dumps({**row, 'imagesPerSecond': images_per_second, **more}), flush=True)
