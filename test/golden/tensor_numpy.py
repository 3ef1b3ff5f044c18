"""Tensor operations by NumPy: writes tensor-numpy.json.

usage: pip install numpy; python tensor_numpy.py
Operands are short lists of numbers, repeated to fill their shapes, so that the file says everything itself.
"""
import json
from pathlib import Path

import numpy as np

here = Path(__file__).parent
reals = [0.5, -1.25, 3.0, 0.0, 2.75, -4.5, 1.0]
positives = [0.25, 1.0, 2.5, 7.0, 0.125]
integers = [3, -2, 0, 7, 5, -6]
booleans = [1, 0, 0, 1, 1]
kinds = {'float32': np.float32, 'int32': np.int32, 'uint8': np.uint8, 'bool': np.bool_}
cases = []


def operand(values, shape, dtype='float32'):
    size = int(np.prod(shape))
    array = np.array([values[i % len(values)] for i in range(size)]).astype(kinds[dtype]).reshape(shape)
    return array, {'values': values, 'shape': list(shape), 'dtype': dtype}


def case(op, operands, result, *arguments):
    result = np.asarray(result)
    dtype = {'f': 'float32', 'i': 'int32', 'u': 'uint8', 'b': 'bool'}[result.dtype.kind]
    data = [float(x) for x in result.astype(np.float64).ravel()]
    cases.append({'op': op, 'operands': [spec for _, spec in operands], 'arguments': list(arguments),
                  'shape': list(result.shape), 'dtype': dtype, 'data': data})


for left, right in [((2, 3), (2, 3)), ((2, 3), (3,)), ((4, 1), (1, 5)), ((2, 1, 3), (4, 1)), ((), (2, 2)), ((0, 3), (3,))]:
    a, b = operand(reals, left), operand(positives, right)
    for op, function in [('add', np.add), ('subtract', np.subtract), ('multiply', np.multiply), ('divide', np.divide),
                         ('maximum', np.maximum), ('minimum', np.minimum), ('less', np.less),
                         ('greaterEqual', np.greater_equal), ('equal', np.equal), ('notEqual', np.not_equal)]:
        case(op, [a, b], function(a[0], b[0]))
a, b = operand(positives, (3, 2)), operand(reals, (2,))
case('pow', [a, b], np.power(a[0], b[0]))
i, j = operand(integers, (2, 3), 'int32'), operand([2, 9, 4], (3,), 'uint8')
case('add', [i, j], np.add(i[0], j[0]))
case('multiply', [i, j], np.multiply(i[0], j[0]))

x = operand(reals, (2, 3, 4))
n = operand(integers, (2, 3, 4), 'int32')
p = operand(positives, (3, 3))
for op, function in [('exp', np.exp), ('tanh', np.tanh), ('abs', np.abs), ('square', np.square), ('negate', np.negative)]:
    case(op, [x], function(x[0]))
for op, function in [('log', np.log), ('sqrt', np.sqrt)]:
    case(op, [p], function(p[0]))
case('clip', [x], np.clip(x[0], -1, 2), -1, 2)
case('transpose', [x], np.transpose(x[0]))
case('transpose', [x], np.transpose(x[0], (1, 2, 0)), [1, 2, 0])
case('reshape', [x], np.reshape(x[0], (4, -1)), [4, -1])
case('slice', [x], x[0][1:2, 1:3, :2], [1, 1, 0], [1, 2, 2])
case('slice', [x], x[0][:, 1:], [0, 1])
case('slice', [x], x[0][-1:, -2:, :], [-1, -2])
case('slice', [x], x[0][:, -3:-2, -4:-2], [0, -3, -4], [-1, 1, 2])
case('slice', [n], n[0][2:, :, :], [2])
case('pad', [x], np.pad(x[0], ((1, 0), (0, 2), (1, 1)), constant_values=9), [[1, 0], [0, 2], [1, 1]], 9)
case('expandDims', [x], np.expand_dims(x[0], -1), -1)
case('broadcastTo', [p], np.broadcast_to(p[0], (2, 3, 3)), [2, 3, 3])
for tensor in (x, n):
    for axes in (None, 0, -1, [0, 2]):
        for keep in (False, True):
            axis = tuple(axes) if isinstance(axes, list) else axes
            for op, function in [('sum', np.sum), ('mean', np.mean), ('max', np.max), ('min', np.min)]:
                result = function(tensor[0], axis=axis, keepdims=keep)
                result = result.astype(np.int32) if tensor is n and op == 'sum' else result
                case(op, [tensor], result.astype(np.float32) if op == 'mean' else result, axes, keep)
            for op, function in [('variance', np.var), ('std', np.std)]:
                result = function(tensor[0].astype(np.float64), axis=axis, keepdims=keep)
                case(op, [tensor], result.astype(np.float32), axes, keep)
    for axis in (None, 0, 1, 2, -2):
        case('argmax', [tensor], np.argmax(tensor[0], axis=axis), axis)
        case('argmin', [tensor], np.argmin(tensor[0], axis=axis), axis)
for axis in (0, 1, -1):
    for values, shape, kind in [([1, 0, 1], (3,), 'int32'), ([1, -1, 0, -2], (2, 2), 'int32'), ([1], (), 'uint8'),
                                ([0], (0,), 'int32'), ([1, 0], (2,), 'float32')]:
        index = operand(values, shape, kind)
        case('gather', [x, index], np.take(x[0], index[0].astype(np.int64), axis=axis), axis)
# Vectors: one on the left is a row, one on the right a column.
for left, right in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((1,), (1, 2))]:
    a, b = operand(reals, left), operand(positives, right)
    case('matmul', [a, b], np.matmul(a[0], b[0]))
for left, right in [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 1, 2, 3), (4, 3, 2)), ((1, 7), (7, 1))]:
    a, b = operand(reals, left), operand(positives, right)
    case('matmul', [a, b], np.matmul(a[0], b[0]))
c = operand(positives, (2, 2, 4))
case('concat', [x, c], np.concatenate([x[0], c[0]], axis=1), 1)
case('stack', [p, p], np.stack([p[0], p[0]], axis=-1), -1)
m = operand(booleans, (5,), 'bool')
case('sum', [m], np.sum(m[0]).astype(np.int32), None, False)

with open(here / 'tensor-numpy.json', 'w') as file:
    lines = ',\n'.join(json.dumps(each) for each in cases)
    file.write(f'{{"madeBy": "NumPy {np.__version__}", "cases": [\n{lines}\n]}}\n')
