import fc from 'fast-check';
import t from 'tap';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { type AnyCall, Graph, originOf, signatureOf, type Value } from '../../lib/plan/graph.ts';
import { alignment, type Block, blocksOf, bytesOf, placeBlocks } from '../../lib/plan/memory.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { testVariable } from '../run-graph.ts';

interface Program {
  readonly calls: readonly AnyCall[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A training graph of random operations, each on one of the values before. */
function randomProgram(steps: readonly { op: number; from: number }[]): Program {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const x = graph.input('x', [4, 6]);
  const values = [ops.matmul(x, testVariable(graph, 'w', [6, 6]))];
  for (const { op, from } of steps) {
    const source = values[from % values.length]!;
    const made = [
      () => ops.relu(source),
      () => ops.tanh(source),
      () => ops.matmul(source, testVariable(graph, `w${values.length}`, [6, 6])),
      () => ops.add(source, values.at(-1)!),
      () => ops.multiply(source, source),
      () => ops.reshape(ops.relu(ops.reshape(source, [24])), [4, 6]),
      () => ops.affine(source, 2, 1),
    ];
    values.push(made[op % made.length]!());
  }
  const loss = ops.mean(ops.multiply(values.at(-1)!, values[0]!));
  const parameters = graph.values.filter(value => value.role === 'variable' && isRead(graph, value, loss));
  const gradients = emitGradients(graph, loss, parameters);
  return { calls: graph.calls, inputs: [x], outputs: [loss, values[0]!, ...gradients.values()] };
}

/** Whether the loss depends on a value. */
function isRead(graph: Graph, value: Value, loss: Value): boolean {
  const reached = new Set<Value>([value]);
  for (const call of graph.calls) {
    if (Object.values(call.inputs).some(input => reached.has(originOf(input)))) {
      for (const output of Object.values(call.outputs)) reached.add(output);
    }
  }
  return reached.has(originOf(loss));
}

/** Where values and scratch memory lie: by the values' ids, and by the calls' indices. */
function layoutWork(
  calls: readonly AnyCall[],
  inputs: readonly Value[],
  outputs: readonly Value[],
  scratchBytes: (call: AnyCall) => number,
): { offsets: Map<number, number>; scratchOffsets: number[]; bytes: number } {
  const blocks = blocksOf(calls, inputs, outputs);
  const distinct = [...new Set(blocks.values())];
  const scratch = calls.map((call, i): Block => ({ bytes: scratchBytes(call), first: i, last: i }));
  const { offsets, bytes } = placeBlocks([...distinct, ...scratch]);
  return {
    offsets: new Map([...blocks].map(([value, block]) => [value.id, offsets[distinct.indexOf(block)]!])),
    scratchOffsets: scratch.map((each, i) => (each.bytes > 0 ? offsets[distinct.length + i]! : -1)),
    bytes,
  };
}

/** The first and the last call during which each value holds something that is still needed, found the plain way. */
function lifetimes({ calls, inputs, outputs }: Program): Map<Value, { first: number; last: number }> {
  const lives = new Map<Value, { first: number; last: number }>();
  for (const input of inputs) lives.set(input, { first: 0, last: 0 });
  for (const [i, call] of calls.entries()) {
    for (const output of Object.values(call.outputs)) lives.set(output, { first: i, last: i });
    for (const input of Object.values(call.inputs)) {
      const life = lives.get(originOf(input));
      if (life !== undefined) life.last = i;
    }
  }
  for (const output of outputs) lives.get(originOf(output))!.last = calls.length;
  return lives;
}

/** Whether b is the output that a call computes in place of a, and nothing else is. */
function inPlace(calls: readonly AnyCall[], a: Value, b: Value): boolean {
  const call = calls.find(each => Object.values(each.outputs).includes(b))!;
  const over = signatureOf(call.kernel).inPlace;
  return over !== undefined && originOf(call.inputs[over]!) === a;
}

t.test('values that are needed at the same time never share memory', async t => {
  const step = fc.record({ op: fc.nat(20), from: fc.nat(20) });
  const neverShared = fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), steps => {
    const program = randomProgram(steps);
    const { calls, inputs, outputs } = program;
    const layout = layoutWork(calls, inputs, outputs, call => (call.kernel === 'matmulForward' ? 100 : 0));
    const lives = [...lifetimes(program)];
    for (const [a, lifeA] of lives) {
      const startA = layout.offsets.get(a.id)!;
      if (startA % alignment !== 0 || startA + bytesOf(a) > layout.bytes) return false;
      for (const [b, lifeB] of lives) {
        if (a === b || lifeB.first < lifeA.first || lifeB.first > lifeA.last) continue;
        const startB = layout.offsets.get(b.id)!;
        const apart = startA + bytesOf(a) <= startB || startB + bytesOf(b) <= startA;
        // Taking over the memory of an input that dies with the call is the one way to meet.
        if (!apart && !(lifeA.last === lifeB.first && startA === startB && inPlace(calls, a, b))) return false;
      }
      for (const [i, scratch] of layout.scratchOffsets.entries()) {
        if (scratch < 0 || i < lifeA.first || i > lifeA.last) continue;
        if (scratch < startA + bytesOf(a) && startA < scratch + 100) return false;
      }
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(neverShared, { seed: 11, numRuns: 150 }));
});

t.test('memory is used again: a chain needs two buffers, or one where it works in place', async t => {
  const chain = (make: (ops: Ops, x: Value) => Value): number => {
    const graph = new Graph();
    const ops = new Ops(graph, { training: false });
    const x = graph.input('x', [64, 64]);
    let value: Value = x;
    for (let i = 0; i < 10; i++) value = make(ops, value);
    return layoutWork(graph.calls, [x], [value], () => 0).bytes;
  };
  const buffer = 64 * 64 * 4;
  t.equal(
    chain((ops, value) => ops.transpose(value, [1, 0])),
    2 * buffer,
  );
  t.equal(
    chain((ops, value) => ops.relu(value)),
    2 * buffer,
    'an input is not overwritten, what follows is',
  );
});
