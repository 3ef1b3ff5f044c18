import t from 'tap';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { errorOf } from '../error-of.ts';

t.test('resample tells what does not fit', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const [x, matrix] = [graph.input('x', [2, 5, 5, 1]), graph.input('matrix', [6, 2])];
  const faults: [() => unknown, string][] = [
    [() => ops.resample(matrix, matrix, { size: [1, 1] }), 'ShapeError: resample: expected 4 axes, got [6, 2]'],
    [() => ops.resample(x, matrix, { size: [0, 1] }), 'OptionError: resample: size must be a positive integer, got 0'],
    [
      () => ops.resample(x, graph.input('one', [6, 1]), { size: [1, 1] }),
      'ShapeError: resample: expected a matrix of [6, 2], got [6, 1]',
    ],
    [
      () => ops.resample(x, matrix, { size: [3, 4], shift: x }),
      'ShapeError: resample: expected a shift of [3, 2, 2, 4], got [2, 5, 5, 1]',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
