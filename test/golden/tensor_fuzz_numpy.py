"""Tensor operations on the numbers where they go wrong, by NumPy: writes tensor-fuzz-numpy.json.

usage: pip install numpy; python tensor_fuzz_numpy.py
Integers at the ends of int32, NaN, infinities and zeros of both signs, in drawn shapes that broadcast. NumPy computes
integers as int32, which wraps around, and everything else in float64, rounded to float32 once.
"""
import json
from pathlib import Path

import numpy as np

here = Path(__file__).parent
draw = np.random.default_rng(8)
kinds = {'float32': np.float32, 'int32': np.int32, 'uint8': np.uint8, 'bool': np.bool_}
names = {'f': 'float32', 'i': 'int32', 'u': 'uint8', 'b': 'bool'}
extremes = {
    'float32': [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 3.4e38, 1e-45, 16777217.0, 0.1],
    'int32': [2**31 - 1, -2**31, 0, 1, -1, 2**16, 46341, -46341, 2**30, 2**24 + 1],
    'uint8': [0, 1, 255, 128, 16],
    'bool': [0, 1],
}
cases = []


def elements(kind, count):
    if kind == 'float32':
        plain = draw.normal(size=count) * 10 ** draw.integers(-3, 4, size=count).astype(float)
    else:
        low, high = {'int32': (-2**31, 2**31), 'uint8': (0, 256), 'bool': (0, 2)}[kind]
        plain = draw.integers(low, high, size=count)
    extreme = draw.choice(extremes[kind], size=count)
    with np.errstate(all='ignore'):
        return np.where(draw.random(count) < 0.5, extreme, plain).astype(kinds[kind])


def shape_of(rank):
    return [int(size) for size in draw.choice([0, 1, 2, 3, 4], p=[0.03, 0.27, 0.3, 0.25, 0.15], size=rank)]


def array(kind, shape):
    return elements(kind, int(np.prod(shape))).reshape(shape)


def partner(shape):
    """A shape that broadcasts with another: some axes are 1, some in front are left out."""
    kept = shape[int(draw.integers(0, len(shape) + 1)):]
    return [1 if draw.random() < 0.3 else size for size in kept]


def plain(value):
    """NaN, infinities and -0 as texts, which JSON has not as numbers."""
    value = float(value)
    if not np.isfinite(value) or (value == 0 and np.signbit(value)):
        return {'nan': 'NaN', 'inf': 'Infinity', '-inf': '-Infinity'}.get(str(value), '-0')
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def case(op, operands, result, arguments=()):
    result = np.asarray(result)
    cases.append({'op': op, 'operands': [{'values': [plain(v) for v in each.ravel()], 'shape': list(each.shape),
                                          'dtype': names[each.dtype.kind]} for each in operands],
                  'arguments': list(arguments), 'shape': list(result.shape), 'dtype': names[result.dtype.kind],
                  'data': [plain(v) for v in result.ravel()]})


def widened(*operands):
    """As the type that the arithmetic is done in."""
    real = any(each.dtype.kind == 'f' for each in operands)
    return real, [each.astype(np.float64 if real else np.int32) for each in operands]


binary = {'add': np.add, 'subtract': np.subtract, 'multiply': np.multiply, 'maximum': np.maximum,
          'minimum': np.minimum, 'pow': np.power}
comparisons = {'equal': np.equal, 'notEqual': np.not_equal, 'less': np.less, 'lessEqual': np.less_equal,
               'greater': np.greater, 'greaterEqual': np.greater_equal}
unary = {'abs': np.abs, 'square': np.square, 'negate': np.negative}
reductions = {'sum': np.sum, 'max': np.max, 'min': np.min, 'mean': np.mean, 'variance': np.var, 'std': np.std}


def elementwise():
    first, second = (str(draw.choice(list(kinds), p=[0.3, 0.45, 0.15, 0.1])) for _ in range(2))
    a = array(first, shape_of(int(draw.integers(0, 4))))
    b = array(second, partner(list(a.shape)))
    for op in draw.choice([*binary, 'divide'], size=2, replace=False):
        right = np.abs(b.astype(np.int64)).clip(0, 40).astype(np.int32) if op == 'pow' and b.dtype.kind != 'f' else b
        real, (x, y) = widened(a, right)
        if op == 'divide':
            case(op, [a, b], np.divide(a.astype(np.float64), b.astype(np.float64)).astype(np.float32))
        else:
            result = binary[op](x, y)
            case(op, [a, right], result.astype(np.float32) if real else result)
    op = str(draw.choice(list(comparisons)))
    case(op, [a, b], comparisons[op](a.astype(np.float64), b.astype(np.float64)))
    op = str(draw.choice(list(unary)))
    real, (x,) = widened(a)
    case(op, [a], unary[op](x).astype(np.float32) if real else unary[op](x))


def reduction():
    x = array(str(draw.choice(list(kinds))), [max(1, size) for size in shape_of(int(draw.integers(1, 4)))])
    axis = None if draw.random() < 0.3 else int(draw.integers(-x.ndim, x.ndim))
    keep = bool(draw.random() < 0.5)
    for op in draw.choice(list(reductions), size=2, replace=False):
        wide = x.astype(np.int64 if x.dtype.kind != 'f' and op == 'sum' else np.float64)
        result = reductions[op](wide, axis=axis, keepdims=keep)
        kind = {'sum': 'float32' if x.dtype.kind == 'f' else 'int32', 'max': names[x.dtype.kind],
                'min': names[x.dtype.kind]}.get(str(op), 'float32')
        case(str(op), [x], np.asarray(result).astype(kinds[kind]), [axis, keep])
    for op, function in [('argmax', np.argmax), ('argmin', np.argmin)]:
        case(op, [x], np.asarray(function(x, axis=axis)).astype(np.int32), [axis])


with np.errstate(all='ignore'):
    for _ in range(60):
        elementwise()
        reduction()

with open(here / 'tensor-fuzz-numpy.json', 'w') as file:
    lines = ',\n'.join(json.dumps(each, separators=(',', ':')) for each in cases)
    file.write(f'{{"madeBy": "NumPy {np.__version__}, drawn", "cases": [\n{lines}\n]}}\n')
