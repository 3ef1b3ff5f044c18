/** Batches whose examples are mixed: how much of which, targets and weights with them, and faults. */
import t from 'tap';
import { type Batch, type BatchSource, cutMix, mixUp, type Tensor, tensor } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

const count = 300;
const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const start = { epoch: 0, from: 0, batchSize: 100, seed: 5, step: 0 };

interface Mixed {
  readonly x: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor;
}

async function batches(source: BatchSource, given: Partial<typeof start> = {}): Promise<Mixed[]> {
  const all: Mixed[] = [];
  for await (const batch of source.batches({ ...start, ...given })) all.push(batch as Batch as Mixed);
  return all;
}

/** Example i is full of the number i, and its class is i modulo 3. */
const side = 8;
const x = tensor(
  Float32Array.from({ length: count * side * side }, (_, i) => Math.floor(i / (side * side))),
  [count, side, side, 1],
);
const classes = Int32Array.from({ length: count }, (_, i) => i % 3);
const one = tensor(new Float32Array(count).fill(1), [count]);

t.test('mixUp: targets and weights are mixed as the images are', async t => {
  const numbers = tensor(
    Float32Array.from({ length: count }, (_, i) => i),
    [count, 1],
  );
  const shares: number[] = [];
  const source = mixUp({ x, targets: numbers, weights: numbers.reshape([count]) }, { alpha: 0.5 });
  t.equal(source.examples, count);
  const seen = await batches(source);
  t.same(
    seen.map(batch => [batch.x.shape, batch.targets.shape, batch.weights.shape]),
    range(3).map(() => [[100, side, side, 1], [100, 1], [100]]),
  );
  for (const batch of seen) {
    for (const i of range(100)) {
      const pixels = batch.x.data.subarray(i * side * side, (i + 1) * side * side);
      t.ok(pixels.every(pixel => Math.abs(pixel - batch.targets.data[i]!) < 1e-3));
      t.equal(batch.weights.data[i], batch.targets.data[i]);
    }
  }
  // Of one 0 and one 1 in each batch of two, the targets tell the share.
  const pairs = mixUp({ x: tensor([[0], [1]]), targets: tensor([[0], [1]]) }, { alpha: 0.5 });
  for (const step of range(1500)) {
    const [batch] = await batches(pairs, { batchSize: 2, step });
    const [a, b] = [...batch!.targets.data].sort((p, q) => p - q);
    if (a !== 0 || b !== 1) shares.push(a!, b!);
  }
  // Beta(1/2, 1/2) has the mean 1/2 and the variance 1/8.
  t.ok(Math.abs(mean(shares) - 0.5) < 0.03, `mean ${mean(shares)}`);
  t.ok(Math.abs(mean(shares.map(share => (share - 0.5) ** 2)) - 1 / 8) < 0.012);
});

t.test('class numbers become shares of classes', async t => {
  for (const make of [mixUp, cutMix]) {
    const all = await batches(make({ x, targets: classes }, { classes: 3 }));
    for (const { x: images, targets } of all) {
      t.same(targets.shape, [100, 3]);
      for (const i of range(100)) {
        const shares = targets.data.subarray(i * 3, i * 3 + 3);
        t.ok(Math.abs(mean([...shares]) - 1 / 3) < 1e-6, 'they sum to 1');
      }
      t.equal(images.dtype, 'float32');
    }
  }
});

t.test('cutMix: a rectangle of another image, and targets by its area', async t => {
  const numbers = tensor(
    Float32Array.from({ length: count }, (_, i) => i),
    [count, 1],
  );
  const areas: number[] = [];
  for (const batch of await batches(cutMix({ x, targets: numbers, weights: one }, { factor: [1, 1] }))) {
    for (const i of range(100)) {
      const pixels = [...batch.x.data.subarray(i * side * side, (i + 1) * side * side)];
      const both = [...new Set(pixels)];
      t.ok(both.length <= 2);
      const rows = (value: number) =>
        new Set(range(side).filter(row => pixels.slice(row * side, (row + 1) * side).includes(value)));
      const columns = (value: number) =>
        new Set(range(side).filter(column => range(side).some(row => pixels[row * side + column] === value)));
      const inner = both.find(
        value => rows(value).size * columns(value).size === pixels.filter(each => each === value).length,
      );
      t.not(inner, undefined, 'one of both is a rectangle');
      t.equal(batch.weights.data[i], 1);
      if (both.length < 2) continue;
      const share = (batch.targets.data[i]! - both[0]!) / (both[1]! - both[0]!);
      const area = pixels.filter(each => each === both[1]).length / side ** 2;
      areas.push(area - share);
    }
  }
  t.ok(areas.length > 200);
  t.ok(areas.every(difference => Math.abs(difference) < 1e-5));
});

t.test('the same seed and step give the same batches, also from the middle of an epoch on', async t => {
  for (const make of [mixUp, cutMix]) {
    const source = make({ x, targets: classes }, { classes: 3 });
    const numbers = (all: readonly Mixed[]) => all.map(batch => [...batch.x.data, ...batch.targets.data]);
    const whole = numbers(await batches(source));
    t.same(numbers(await batches(source)), whole);
    t.same(numbers(await batches(source, { from: 1 })), whole.slice(1));
    t.not(String(numbers(await batches(source, { step: 3 }))), String(whole));
    t.not(String(numbers(await batches(source, { seed: 6 }))), String(whole));
    const inOrder = make(() => [{ x, targets: classes }], { classes: 3, seed: 9 });
    t.equal(inOrder.examples, undefined);
    const own = numbers(await batches(inOrder));
    t.same(numbers(await batches(inOrder, { seed: 6 })), own, 'a seed of its own');
  }
});

t.test('faults', async t => {
  const loose = (factory: object) => factory as (...given: unknown[]) => BatchSource;
  const faults: [() => unknown, string][] = [
    [
      () => mixUp({ x, targets: classes }),
      'OptionError: mixUp: class numbers cannot be mixed: give classes, how many there are, and train with the loss categoricalCrossentropy',
    ],
    [
      () => mixUp({ x, targets: classes }, { classes: 1 }),
      'OptionError: mixUp: classes must be an integer of 2 or more, got 1',
    ],
    [
      () => cutMix({ x, targets: classes }, { classes: 2 }),
      'DataError: cutMix: the target of example 2 is 2, expected an integer from 0 to 1',
    ],
    [
      () => cutMix({ x, targets: [[1, 2]] }, { classes: 3 }),
      'ShapeError: cutMix: with classes, expected class numbers of shape [n], got [1, 2]',
    ],
    [
      () => mixUp({ x, targets: [[1]] }),
      'ShapeError: mixUp: inputs, targets and weights must have as many examples, at least one, got [300, 8, 8, 1], [1, 1]',
    ],
    [
      () => mixUp({ x, targets: one }, { alpha: 0 }),
      'OptionError: mixUp: alpha must be a finite number greater than 0, got 0',
    ],
    [
      () => cutMix({ x, targets: one }, { factor: 2 }),
      'OptionError: cutMix: factor must be a number or [lower, upper] between 0 and 1, got 2',
    ],
    [
      () => loose(mixUp)({ x, targets: one }, { beta: 1 }),
      'OptionError: unknown option of mixUp "beta"; known: alpha, classes, seed',
    ],
    [
      () => mixUp({ x, targets: one }, { seed: -1 }),
      'OptionError: mixUp: seed must be a safe integer of 0 or more, got -1',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
  await t.rejects(batches(cutMix({ x: x.reshape([count, side * side]), targets: one })), {
    message: 'cutMix: expected images of [n, height, width, channels], got [100, 64]',
  });
});
