"""Networks drawn over all layers, as Keras trains them: writes drawn-networks.json and drawn-networks-keras.json.

usage: pip install keras tensorflow_cpu numpy; python drawn_networks_keras.py [seed count folder]
Weights, inputs and targets are drawn by inputs.py from tags with the number of the network. Ten steps on three batches in
turn. The numbers are those of Keras in float64; `drift` is how far Keras in float32 is from them. A network in which that
is more than a thousandth is left out: where rounding decides what comes, there is nothing to compare.
"""
import json
import sys
from collections import Counter
from pathlib import Path

from drawn_keras import Builder, keras, loss, optimizer, tf
from drawn_networks import Drawer

import inputs
from small_networks import np, targets

tf.config.threading.set_inter_op_parallelism_threads(1)
EXAMPLES, BATCH, STEPS, MOST_DRIFT = 12, 4, 10, 1e-3


def offset(name):
    return 1 if name.endswith(('variance', 'stddev', 'gamma', 'scale')) else 0


def draw_weights(builder, tag):
    """Kernels keep the size of what goes through them; factors and variances lie around 1."""
    names = []
    weights = [weight for layer in builder.made for weight in layer.weights]
    for i, weight in enumerate(weights):
        fan = int(np.prod(weight.shape[:-1]))
        scale = np.float32(2 * np.sqrt(3 / fan)) if 'kernel' in weight.name else np.float32(0.5)
        numbers = inputs.uniform(f'{tag}/{i}', weight.shape, 1) * scale + offset(weight.name)
        weight.assign(numbers.astype('float32'))
        names.append(f'{weight.name} {"x".join(map(str, weight.shape))}')
    return names


def shown(tag, array):
    """A few of the numbers, and the sum of all of them, each times a drawn one."""
    flat = np.asarray(array, dtype='float64').ravel()
    step = max(1, len(flat) // 8)
    return [*flat[::step][:8], float(flat @ inputs.uniform(f'{tag}/factors', flat.shape, 2))]


def trained(description, tag, dtype):
    """Names of weights, predictions before, losses, predictions after."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    keras.utils.clear_session()
    builder = Builder()
    model = builder.model(description)
    names = draw_weights(builder, tag)
    x = inputs.uniform(f'{tag}/x', [EXAMPLES, *description['input']], 1 if description['offset'] else 2, description['offset']).astype('float32')
    y = targets(f'{tag}/y', description['targets'], (EXAMPLES, *model.output_shape[1:]))
    weights = inputs.uniform(f'{tag}/weights', (EXAMPLES,), 2, 1.25).astype('float32') if description['weighted'] else None
    # Keras wants a weight for each loss: for each pixel where the output is an image, unless there is one loss for all of it.
    pixels = [] if description['loss']['name'] in ('dice', 'tversky') else model.output_shape[1:-1]
    predict = lambda: shown(tag, model(x[:2].astype(dtype), training=False))
    model.compile(optimizer(description['optimizer']), loss(description['loss']), run_eagerly=True)
    before, losses = predict(), []
    for step in range(STEPS):
        rows = slice(BATCH * (step % 3), BATCH * (step % 3 + 1))
        given = y[rows] if description['targets'] == 'classes' else y[rows].astype(dtype)
        sample = None if weights is None else np.broadcast_to(weights[rows].reshape(-1, *[1] * len(pixels)), (BATCH, *pixels)).astype(dtype)
        losses.append(float(model.train_on_batch(x[rows].astype(dtype), given, sample_weight=sample)))
    return names, before, losses, predict()


def error(actual, expected):
    """The largest difference, relative to each number or to the root of their mean square."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    typical = np.sqrt(np.mean(expected ** 2))
    return float(np.max(np.abs(actual - expected) / np.maximum(np.abs(expected), np.maximum(typical, 1e-30))))


def compact(numbers):
    return [float(f'{number:.8g}') for number in numbers]


def record(description, number):
    """What Keras computes; a reason in words where there is nothing to compare."""
    tag = f'drawn/{number}'
    try:
        names, *exact = trained(description, tag, 'float64')
    except (tf.errors.OpError, TypeError, ValueError) as failure:
        return f'float64: {type(failure).__name__}: {str(failure)[:150]}'
    if not all(np.isfinite(numbers).all() for numbers in exact):
        return 'not finite'
    if all(abs(after - before) < 1e-6 for before, after in zip(exact[0], exact[2])):
        return 'nothing learned'
    _, *single = trained(description, tag, 'float32')
    drift = [error(*pair) for pair in zip(single, exact)]
    if not all(each < MOST_DRIFT for each in drift):
        return 'drift'
    before, losses, after = map(compact, exact)
    return {'weights': names, 'before': before, 'losses': losses, 'after': after, 'drift': [float(f'{each:.1e}') for each in drift]}


def main(seed=20261121, count=100, folder=Path(__file__).parent):
    drawer, kept, left = Drawer(int(seed)), [], []
    while len(kept) < int(count):
        description = drawer.network(len(kept))
        made = record(description, len(kept))
        if isinstance(made, str):
            left.append(made)
            print(f'{len(kept)}: {made}', description['optimizer']['className'], file=sys.stderr)
        else:
            kept.append((description, made))
    made_by = f'Keras {keras.__version__} on TensorFlow {tf.__version__}'
    for file, place, head in (('drawn-networks', 0, {'seed': int(seed)}), ('drawn-networks-keras', 1, {'madeBy': made_by})):
        lines = ',\n'.join(json.dumps(each[place], separators=(',', ':')) for each in kept)
        Path(folder, f'{file}.json').write_text(f'{json.dumps(head)[:-1]}, "networks": [\n{lines}\n]}}\n')
    reasons = Counter(reason.split(':')[0] for reason in left)
    print(f'{len(kept)} networks; left out: {dict(reasons)}')
    print('never drawn:', sorted({'Augmentation', *drawer_names()} - set(drawer.used)))


def drawer_names():
    from drawn_networks import ANY, AUGMENTATION, COMPOSITES, IMAGE, MERGING
    return [*ANY, *IMAGE, *AUGMENTATION, *COMPOSITES, *MERGING, 'RandomFlip', 'Subtract', 'Concatenate', 'Dot', 'Permute', 'Flatten', 'RepeatVector']


if __name__ == '__main__':
    main(*sys.argv[1:])
