/** Sums by group, and logits that an activation was made of. */
import t from 'tap';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { errorOf } from '../error-of.ts';
import { runGraph } from '../run-graph.ts';

for (const backend of [loopsBackend, simdBackend]) {
  t.test(`${backend.name}: sums by group; what belongs to no group is left out`, async t => {
    const graph = new Graph();
    const ops = new Ops(graph, { training: false });
    const [x, indices] = [graph.input('x', [2, 4]), graph.input('indices', [2, 4], 'int32')];
    const y = ops.segmentSum(x, indices, 5);
    const given = { x: [1, 2, 4, 8, 16, 32, 64, 128], indices: [0, 3, 3, -1, 5, 4, 0, 3] };
    t.same([...(await runGraph(backend, graph, { y }, given)).outputs['y']!], [65, 0, 0, 134, 32]);
  });
}

t.test('what does not go together is refused', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const [x, indices] = [graph.input('x', [6]), graph.input('indices', [2, 3], 'int32')];
  t.equal(
    errorOf(() => ops.segmentSum(x, indices, 2)),
    'ShapeError: segmentSum: x [6] and indices [2, 3] must have the same shape',
  );
});

t.test('the logits of a softmax and of a sigmoid are known, those of anything else are not', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: false });
  const x = graph.input('x', [2, 3]);
  const y = ops.sigmoid(x);
  t.equal(ops.logitsOf(y, 'sigmoid'), x);
  t.equal(ops.logitsOf(y, 'softmax'), undefined);
  t.equal(ops.logitsOf(ops.softmax(x), 'softmax'), x);
  t.equal(ops.logitsOf(ops.affine(y, 1), 'sigmoid'), undefined);
  t.equal(ops.logitsOf(x, 'sigmoid'), undefined);
});
