import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  arange,
  concat,
  full,
  oneHot,
  ones,
  randomNormal,
  randomUniform,
  stack,
  Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('creation', async t => {
  t.same(zeros([2, 3]).toArray(), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
  t.equal(ones([2], 'uint8').dtype, 'uint8');
  t.same(full([2], 7.5).toArray(), [7.5, 7.5]);
  t.same(full([2], 300, 'uint8').toArray(), [255, 255], 'kept within the range, as in a cast');
  t.same(arange(3).toArray(), [0, 1, 2]);
  t.same(arange(1, 2, 0.25).toArray(), [1, 1.25, 1.5, 1.75]);
  t.same(arange(3, 0, -1).toArray(), [3, 2, 1]);
  t.same(oneHot([1, 0], 3).toArray(), [
    [0, 1, 0],
    [1, 0, 0],
  ]);
  t.same(tensor(5).shape, []);
  t.same(tensor([]).shape, [0]);
  t.same(tensor([[true], [false]]).toArray(), [[true], [false]]);
  t.same(tensor([1, 2, 3, 4], [2, 2]).toArray(), [
    [1, 2],
    [3, 4],
  ]);
  const bytes = Uint8Array.of(1, 2);
  t.equal(tensor(bytes).data, bytes, 'a typed array of the same type is not copied');
  t.equal(tensor([Int32Array.of(1, 2), Int32Array.of(3, 4)]).at(1, 0), 3, 'typed arrays as rows');
});

t.test('random tensors: the same for the same seed, with the moments asked for', async t => {
  const uniform = randomUniform([1000, 10], { min: -1, max: 3, seed: 5 });
  t.same(uniform.data, randomUniform([10_000], { min: -1, max: 3, seed: 5 }).data, 'whatever the shape');
  t.not(uniform.at(0, 0), randomUniform([1, 1], { min: -1, max: 3, seed: 6 }).item());
  t.ok(uniform.min().item() >= -1 && uniform.max().item() < 3);
  t.ok(Math.abs(uniform.mean().item() - 1) < 0.05);
  const normal = randomNormal([10_000], { mean: 2, stddev: 3, seed: 5 });
  t.ok(Math.abs(normal.mean().item() - 2) < 0.1);
  t.ok(Math.abs(normal.subtract(2).square().mean().sqrt().item() - 3) < 0.1);
  t.not(randomUniform([1]).item(), randomUniform([1]).item(), 'without a seed, another each time');
});

t.test('types: arithmetic widens, casts cut and keep within the range', async t => {
  const bytes = tensor(Uint8Array.of(250, 10));
  t.strictSame([bytes.add(bytes).dtype, bytes.add(bytes).toArray()], ['int32', [500, 20]]);
  t.equal(bytes.divide(2).dtype, 'float32');
  t.equal(bytes.add(tensor([0.5])).dtype, 'float32');
  t.equal(
    tensor([true])
      .add(tensor([true]))
      .item(),
    2,
  );
  t.same(tensor([-1.7, 2.9, 300, -5]).cast('uint8').toArray(), [0, 2, 255, 0]);
  t.same(tensor([-1.7, 0, 3e9]).cast('int32').toArray(), [-1, 0, 2147483647]);
  t.same(tensor([-1.7, 0, Number.NaN]).cast('bool').toArray(), [true, false, true]);
  t.equal(concat([bytes, tensor([0.5])]).dtype, 'float32', 'concat takes the wider type');
  t.same(
    tensor([2 ** 30], [1], 'int32')
      .multiply(4)
      .toArray(),
    [0],
    'int32 wraps around',
  );
});

t.test('NaN is not lost in the largest and smallest element', async t => {
  const x = tensor([1, Number.NaN, 3]);
  t.ok(Number.isNaN(x.max().item()));
  t.ok(Number.isNaN(x.min().item()));
  t.same(x.maximum(2).toArray(), [2, Number.NaN, 3]);
});

t.test('operations leave their operands as they are', async t => {
  const x = arange(6).reshape([2, 3]);
  const before = [...x.data];
  x.add(1);
  x.transpose();
  x.slice([1]).data.fill(9);
  concat([x, x]).data.fill(9);
  t.same([...x.data], before);
  t.equal(x.reshape([3, 2]).data, x.data, 'only reshape shares the data');
});

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

t.test('properties over random shapes', async () => {
  const settings = { seed: 2, numRuns: 200 };
  const filled = shapes.map(shape => randomNormal(shape, { seed: 1 }));
  const equal = (a: Tensor, b: Tensor) => String(a.shape) === String(b.shape) && a.equal(b).min().item() === 1;
  fc.assert(
    fc.property(filled, x => equal(tensor(x.toArray() as number[], x.shape), x)),
    settings,
  );
  fc.assert(
    fc.property(filled, x => equal(x.transpose().transpose(), x)),
    settings,
  );
  fc.assert(
    fc.property(filled, fc.nat(3), (x, axis) => {
      fc.pre(axis < x.rank);
      const parts = Array.from({ length: x.shape[axis]! }, (_, i) =>
        x.slice(
          x.shape.map((_, each) => (each === axis ? i : 0)),
          x.shape.map((_, each) => (each === axis ? 1 : -1)),
        ),
      );
      return (
        equal(concat(parts, axis), x) &&
        equal(
          stack(
            parts.map(part => part.squeeze([axis])),
            axis,
          ),
          x,
        )
      );
    }),
    settings,
  );
  fc.assert(
    fc.property(filled, fc.nat(2), fc.nat(2), (x, before, after) => {
      const padded = x.pad(x.shape.map(() => [before, after] as const));
      return equal(
        padded.slice(
          x.shape.map(() => before),
          x.shape,
        ),
        x,
      );
    }),
    settings,
  );
  fc.assert(
    fc.property(filled, x => Math.abs(x.sum().item() - x.data.reduce((sum, each) => sum + each, 0)) < 1e-3),
    settings,
  );
});

t.test('print', async t => {
  t.equal(
    String(
      tensor([
        [1, 2.5],
        [-3, 0.25],
      ]),
    ),
    'Tensor float32 [2, 2]\n[[ 1.00,  2.50],\n [-3.00,  0.25]]',
  );
  t.equal(
    String(
      tensor(
        [
          [[1], [2]],
          [[3], [4]],
        ],
        [2, 2, 1],
        'int32',
      ),
    ),
    'Tensor int32 [2, 2, 1]\n[[[1],\n  [2]],\n\n [[3],\n  [4]]]',
  );
  t.equal(String(tensor([true, false])), 'Tensor bool [2]\n[ true, false]');
  t.equal(String(tensor(3)), 'Tensor float32 []\n3');
  t.equal(String(tensor([1e-9, 2])), 'Tensor float32 [2]\n[1.0000e-9, 2.0000e+0]');
  t.equal(String(tensor([Number.NaN, 1])), 'Tensor float32 [2]\n[NaN,   1]');
  t.equal(
    inspect(arange(2000).reshape([1000, 2])),
    'Tensor float32 [1000, 2]\n[[   0,    1],\n [   2,    3],\n [   4,    5],\n ...,\n [1994, 1995],\n [1996, 1997],\n [1998, 1999]]',
    'long axes are cut, and the console shows the same',
  );
});

t.test('large tensors are printed in a few lines, at once', async t => {
  t.equal(String(zeros([100_000_000], 'uint8')), 'Tensor uint8 [100000000]\n[0, 0, 0, ..., 0, 0, 0]');
  t.equal(
    String(zeros([0, 1_000_000_000])),
    'Tensor float32 [0, 1000000000]\n[]',
    'no elements, however long an axis is',
  );
  for (const shape of [Array(6).fill(6), Array(12).fill(3), Array(20).fill(2), [4, 4, 4, 4, 4, 4, 4]]) {
    const text = String(zeros(shape, 'uint8'));
    const elements = text.split('\n').slice(1).join('').match(/0/g)!.length;
    t.ok(elements >= 1 && elements <= 1000 && text.includes('...'), `${shape}: ${elements} elements`);
  }
  t.equal(String(zeros([1_000_000_000, 0])).match(/\[\]/g)!.length, 6, 'nor many empty rows');
  t.equal(String(zeros([3, 334], 'bool')).match(/false/g)!.length, 18);
});

t.test('errors name what came and what was expected', async t => {
  // Of shapes that the compiler does not know: what it does know it refuses itself.
  const unknown = (...shape: number[]): Tensor => zeros(shape);
  const x = unknown(2, 3);
  const faults: [() => unknown, string][] = [
    [
      () => new Tensor([2], 'float32', new Float32Array(3)),
      'ShapeError: tensor: 3 values do not fill the shape [2] with 2',
    ],
    [() => tensor([1, 2], [3] as number[]), 'ShapeError: tensor: 2 values do not fill the shape [3] with 3'],
    [
      () => tensor([[1, 2], [3]]),
      'ShapeError: tensor: the values at [1] have 1 elements, others have 2; all rows must have the same shape',
    ],
    [
      () => tensor([[1], 2]),
      'ShapeError: tensor: the values at [1] are a number, others are lists; all rows must have the same shape',
    ],
    [() => zeros([-1]), 'ShapeError: zeros: a shape is a list of integers of 0 or more, such as [2, 3], got [-1]'],
    [() => x.reshape([4, -1]), 'ShapeError: reshape: [2, 3] with 6 elements cannot become [4, -1]'],
    [() => x.reshape([5]), 'ShapeError: reshape: [2, 3] with 6 elements cannot become [5] with 5'],
    [
      () => x.add(unknown(2)),
      'ShapeError: add: [2, 3] and [2] do not go together: 3 against 2 elements along axis 1 of the result',
    ],
    [() => x.matmul(unknown(2, 3)), 'ShapeError: matmul: the inner axes differ: [2, 3] x [2, 3] (3 against 2)'],
    [() => x.slice([1], [2]), 'ShapeError: slice: axis 0 has 2 elements, got 2 of them from 1 on'],
    [() => x.sum(2), 'ShapeError: sum: axis 2 does not exist in a tensor with 2 axes'],
    [() => x.transpose([0, 0]), 'ShapeError: transpose: the permutation [0, 0] must name each of 2 axes once'],
    [
      () => concat([x, unknown(2, 2)]),
      'ShapeError: concat: [2, 2] does not go with [2, 3] along axis 0: all other axes must be equal',
    ],
    [() => concat([]), 'OptionError: concat: expected at least one tensor, got an empty list'],
    [() => stack([x, unknown(3, 2)]), 'ShapeError: stack: [3, 2] does not go with [2, 3]: all shapes must be equal'],
    [() => x.squeeze([0]), 'ShapeError: squeeze: axis 0 of [2, 3] has 2 elements, not 1'],
    [() => x.clip(2, 1), 'OptionError: clip: min must not be greater than max, got 2 and 1'],
    [() => x.item(), 'ShapeError: item: expected one element, [2, 3] has 6'],
    [() => x.at(0, 3), 'ShapeError: at: axis 1 has 3 elements, there is none at 3'],
    [() => oneHot([1, 3], 3), 'OptionError: oneHot: label 1 is 3, expected an integer from 0 to 2'],
    [() => tensor([Number.NaN]).cast('int32'), 'OptionError: NaN has no value as int32; replace it before the cast'],
    [
      () => tensor([1], [1], 'int32').add(0.5),
      'OptionError: add: 0.5 is no integer, but the tensor is int32; cast it to float32 first',
    ],
    [() => unknown(0).max(), 'ShapeError: max: [0] has no elements to reduce'],
    [
      () => randomUniform([1], { seed: 0.5 }),
      'OptionError: RandomStream: seed must be a safe integer of 0 or more, got 0.5',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
