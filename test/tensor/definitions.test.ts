/** Every operation that moves or reduces elements against its definition, element by element. */
import fc from 'fast-check';
import t from 'tap';
import { concat, randomNormal, stack, type Tensor, tensor } from '../../lib/index.ts';

type Position = readonly number[];
const sizeOf = (shape: Position): number => shape.reduce((product, length) => product * length, 1);

/** All positions of a shape, the last axis fastest. */
const positions = (shape: Position): Position[] =>
  shape.reduce<number[][]>(
    (all, length) => all.flatMap(front => Array.from({ length }, (_, i) => [...front, i])),
    [[]],
  );

/** Whether a tensor has a shape and, at each position, the element that a definition gives. */
function is(actual: Tensor, shape: Position, element: (position: Position) => number): boolean {
  const same = (a: number, b: number) => Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
  return String(actual.shape) === String(shape) && positions(shape).every(at => same(actual.at(...at), element(at)));
}

const anyTensor = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .map(shape => randomNormal(shape, { seed: sizeOf(shape) }) as Tensor);
const withAxis = anyTensor.chain(x => fc.tuple(fc.constant(x), fc.integer({ min: -x.rank, max: x.rank - 1 })));
const settings = { seed: 4, numRuns: 100 };
const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
const replaced = (at: Position, axis: number, by: Position): number[] => [
  ...at.slice(0, axis),
  ...by,
  ...at.slice(axis + 1),
];

t.test('slice, gather and transpose', async () => {
  const boxes = anyTensor.chain(x => {
    const begins = x.shape.map(length => fc.integer({ min: -length, max: length }));
    return fc.tuple(fc.constant(x), fc.tuple(...begins)).chain(([, begin]) => {
      const rest = x.shape.map((length, axis) => length - (begin[axis]! < 0 ? begin[axis]! + length : begin[axis]!));
      return fc.tuple(
        fc.constant(x),
        fc.constant(begin),
        fc.tuple(...rest.map(most => fc.integer({ min: -1, max: most }))),
      );
    });
  });
  fc.assert(
    fc.property(boxes, ([x, begin, size]) => {
      const from = begin.map((first, axis) => (first < 0 ? first + x.shape[axis]! : first));
      const box = size.map((count, axis) => (count === -1 ? x.shape[axis]! - from[axis]! : count));
      return is(x.slice(begin, size), box, at => x.at(...at.map((place, axis) => place + from[axis]!)));
    }),
    settings,
  );
  const taken = withAxis.chain(([x, axis]) => {
    const length = x.shape[fromFront(axis, x.rank)]!;
    const index = fc.integer({ min: -length, max: length - 1 });
    return fc.tuple(
      fc.constant(x),
      fc.constant(axis),
      fc.array(fc.tuple(index, index), { minLength: 1, maxLength: 3 }),
    );
  });
  fc.assert(
    fc.property(taken, ([x, axis, indices]) => {
      const along = fromFront(axis, x.rank);
      const shape = replaced(x.shape, along, [indices.length, 2]);
      return is(x.gather(tensor(indices, [indices.length, 2], 'int32'), axis), shape, at =>
        x.at(...at.slice(0, along), indices[at[along]!]![at[along + 1]!]!, ...at.slice(along + 2)),
      );
    }),
    settings,
  );
  const permuted = anyTensor.chain(x =>
    fc.tuple(fc.constant(x), fc.shuffledSubarray([...x.shape.keys()], { minLength: x.rank })),
  );
  fc.assert(
    fc.property(permuted, ([x, order]) =>
      is(
        x.transpose(order),
        order.map(axis => x.shape[axis]!),
        at => x.at(...x.shape.map((_, axis) => at[order.indexOf(axis)]!)),
      ),
    ),
    settings,
  );
});

t.test('concat, stack and pad', async () => {
  fc.assert(
    fc.property(withAxis, ([x, axis]) => {
      const along = fromFront(axis, x.rank);
      const length = x.shape[along]!;
      const y = x.negate();
      const joined = is(concat([x, y], axis), replaced(x.shape, along, [2 * length]), at =>
        at[along]! < length ? x.at(...at) : -x.at(...replaced(at, along, [at[along]! - length])),
      );
      const stacked = is(stack([x, y], along), [...x.shape.slice(0, along), 2, ...x.shape.slice(along)], at => {
        const element = x.at(...replaced(at, along, []));
        return at[along] === 0 ? element : -element;
      });
      const padding = x.shape.map((_, each) => (each === along ? ([1, 2] as const) : ([0, 0] as const)));
      const padded = is(x.pad(padding, 7), replaced(x.shape, along, [length + 3]), at => {
        const place = at[along]! - 1;
        return place < 0 || place >= length ? 7 : x.at(...replaced(at, along, [place]));
      });
      return joined && stacked && padded;
    }),
    settings,
  );
});

t.test('reductions over any axes', async () => {
  const reduced = anyTensor.chain(x => fc.tuple(fc.constant(x), fc.subarray([...x.shape.keys()]), fc.boolean()));
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const variance = (list: readonly number[]) => mean(list.map(each => (each - mean(list)) ** 2));
  fc.assert(
    fc.property(reduced, ([x, axes, keep]) => {
      const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
      const shape = keep ? kept : kept.filter((_, axis) => !axes.includes(axis));
      const elements = (at: Position) => {
        const place = keep ? [...at] : kept.map((_, axis) => (axes.includes(axis) ? 0 : -1));
        let next = 0;
        if (!keep) for (const [axis, each] of place.entries()) if (each === -1) place[axis] = at[next++]!;
        return positions(x.shape)
          .filter(position => position.every((each, axis) => axes.includes(axis) || each === place[axis]))
          .map(position => x.at(...position));
      };
      return (
        is(x.sum(axes, keep), shape, at => mean(elements(at)) * elements(at).length) &&
        is(x.mean(axes, keep), shape, at => mean(elements(at))) &&
        is(x.max(axes, keep), shape, at => Math.max(...elements(at))) &&
        is(x.min(axes, keep), shape, at => Math.min(...elements(at))) &&
        is(x.variance(axes, keep), shape, at => variance(elements(at))) &&
        is(x.std(axes, keep), shape, at => Math.sqrt(variance(elements(at))))
      );
    }),
    settings,
  );
  fc.assert(
    fc.property(withAxis, ([x, axis]) => {
      const along = fromFront(axis, x.rank);
      const row = (at: Position) =>
        Array.from({ length: x.shape[along]! }, (_, i) => x.at(...at.slice(0, along), i, ...at.slice(along)));
      const shape = replaced(x.shape, along, []);
      return (
        is(x.argmax(axis), shape, at => row(at).indexOf(Math.max(...row(at)))) &&
        is(x.argmin(axis), shape, at => row(at).indexOf(Math.min(...row(at))))
      );
    }),
    settings,
  );
});

t.test('matmul of matrices and vectors', async () => {
  const length = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(length, length, length, fc.boolean(), fc.boolean(), (m, k, n, row, column) => {
      const a: Tensor = randomNormal(row ? [k] : [m, k], { seed: 1 });
      const b: Tensor = randomNormal(column ? [k] : [k, n], { seed: 2 });
      return is(a.matmul(b), [...(row ? [] : [m]), ...(column ? [] : [n])], at => {
        const places = [...at];
        const i = row ? [] : [places.shift()!];
        return Array.from({ length: k }, (_, inner) => a.at(...i, inner) * b.at(inner, ...places)).reduce(
          (sum, each) => sum + each,
          0,
        );
      });
    }),
    settings,
  );
});
