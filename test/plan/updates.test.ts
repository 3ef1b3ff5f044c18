/** Updates run as early as they may, and no earlier. */
import fc from 'fast-check';
import t from 'tap';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { type AnyCall, conflict, Graph, isUpdate, type Value } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { hoistUpdates } from '../../lib/plan/plan.ts';
import { runGraph, testVariable } from '../run-graph.ts';

/** w -= rate dw. */
function descend(graph: Graph, w: Value, dw: Value, rate: Value): void {
  graph.emitUpdate('sgdUpdate', { w }, { dw, hyper: rate }, { size: 3 });
}

t.test('an average of a weight is taken behind the step on the weight', async t => {
  const graph = new Graph();
  const rate = graph.input('rate', [2]);
  const dw = graph.input('dw', [3]);
  const [w, average] = [testVariable(graph, 'w', [3]), testVariable(graph, 'average', [3])];
  // The gradient comes late, whereas the average needs nothing but w.
  descend(graph, w, new Ops(graph, { training: true }).affine(dw, 1), rate);
  // average -= rate w, where w is that behind the step.
  descend(graph, average, w, rate);
  const given = { rate: [0.5, 0], dw: [2, 4, 6], w: [10, 20, 30], average: [1, 1, 1] };
  const { variables } = await runGraph(loopsBackend, graph, {}, given);
  t.same([...variables['w']!], [9, 18, 27]);
  t.same([...variables['average']!], [1 - 4.5, 1 - 9, 1 - 13.5]);
});

t.test(
  'in drawn lists no two calls change places that must not, and every update is as early as it may be',
  async t => {
    const step = fc.record({ isUpdate: fc.boolean(), of: fc.nat(6), from: fc.nat(6) });
    const property = fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const graph = new Graph();
      const ops = new Ops(graph, { training: true });
      const variables = Array.from({ length: 3 }, (_, i) => testVariable(graph, `w${i}`, [3]));
      const rate = graph.input('rate', [2]);
      const values: Value[] = [...variables];
      for (const { isUpdate, of, from } of steps) {
        const source = values[from % values.length]!;
        if (isUpdate) descend(graph, variables[of % 3]!, source, rate);
        else values.push(ops.add(source, values[of % values.length]!));
      }
      const before = graph.calls;
      const after = hoistUpdates(before);
      const keepsOrder = (a: AnyCall, b: AnyCall) => after.indexOf(a) < after.indexOf(b);
      const isSound = before.every((a, i) => before.slice(i + 1).every(b => !conflict(a, b) || keepsOrder(a, b)));
      const isEarly = after.every((call, i) => {
        return !isUpdate(call) || i === 0 || conflict(after[i - 1]!, call) || isUpdate(after[i - 1]!);
      });
      return after.length === before.length && isSound && isEarly;
    });
    t.doesNotThrow(() => fc.assert(property, { seed: 4, numRuns: 300 }));
  },
);
