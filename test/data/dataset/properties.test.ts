/** Chains of operations on datasets, beside the same on plain arrays. */
import fc from 'fast-check';
import t from 'tap';
import type { Dataset, ElementKind, ElementOf, Numbers } from '../../../lib/index.ts';
import { asStream, batchesOf, inMemory, range } from './elements.ts';

type AnyKind = Dataset<[2], 'float32', Numbers<[]>, ElementKind>;

/** A dataset, and what it should hold: each element the numbers of its examples. */
interface Pair {
  readonly dataset: AnyKind;
  readonly elements: readonly (readonly number[])[];
  readonly batched: boolean;
}

interface Operation {
  readonly name: string;
  readonly n: number;
}

const chunks = (numbers: readonly number[], size: number): number[][] =>
  range(Math.ceil(numbers.length / size)).map(i => numbers.slice(i * size, (i + 1) * size));

/** The same done to both. */
function apply({ dataset, elements, batched }: Pair, { name, n }: Operation): Pair {
  const same = { dataset, elements, batched };
  const numbers = elements.flat();
  switch (name) {
    case 'take':
      return { ...same, dataset: dataset.take(n), elements: elements.slice(0, n) };
    case 'skip':
      return { ...same, dataset: dataset.skip(n), elements: elements.slice(n) };
    case 'repeat':
      return { ...same, dataset: dataset.repeat(1 + (n % 3)), elements: range(1 + (n % 3)).flatMap(() => elements) };
    case 'concat':
      return { ...same, dataset: dataset.concat(dataset.take(n)), elements: [...elements, ...elements.slice(0, n)] };
    case 'map': {
      // Twice the number, whether it is one example or a batch.
      const doubled = dataset.map(async element => {
        const { x, targets, weights } = element as ElementOf<[2], 'float32', Numbers<[]>, 'example'>;
        return { x: x.multiply(2), targets: targets.multiply(2), weights: weights!.multiply(2) };
      }) as AnyKind;
      return { ...same, dataset: doubled, elements: elements.map(each => each.map(i => 2 * i)) };
    }
    case 'cache':
      return { ...same, dataset: dataset.cache() };
    case 'prefetch':
      return { ...same, dataset: dataset.prefetch(n % 4) };
    case 'unbatch':
      return { dataset: dataset.unbatch(), elements: numbers.map(i => [i]), batched: false };
    default: {
      if (batched) return same;
      const size = 1 + (n % 4);
      const dropRemainder = n % 2 === 1;
      const all = chunks(numbers, size);
      const kept = dropRemainder ? all.filter(each => each.length === size) : all;
      return { dataset: dataset.batch(size, { dropRemainder }), elements: kept, batched: true };
    }
  }
}

const names = ['take', 'skip', 'repeat', 'concat', 'map', 'cache', 'prefetch', 'unbatch', 'batch'];
const operations = fc.array(fc.record({ name: fc.constantFrom(...names), n: fc.nat(9) }), { maxLength: 5 });
const sources = { 'in memory': inMemory, 'a stream': asStream };

for (const [source, make] of Object.entries(sources)) {
  t.test(`chains of operations, ${source}`, async t => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), operations, fc.nat(3), async (count, chain, from) => {
        const whole: Pair = {
          dataset: make(range(count)) as AnyKind,
          elements: range(count).map(i => [i]),
          batched: false,
        };
        const { dataset, elements, batched } = chain.reduce(apply, whole);
        const expected = batched ? elements : chunks(elements.flat(), 3);
        t.same(await batchesOf(dataset), expected);
        t.same(await batchesOf(dataset), expected, 'and again');
        if (from <= expected.length) t.same(await batchesOf(dataset, { from }), expected.slice(from), `from ${from}`);
        if (dataset.examples !== undefined) t.equal(dataset.examples, elements.flat().length, 'examples');
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  t.test(`shuffled, ${source}`, async t => {
    const shuffled = (dataset: AnyKind, seed?: number) =>
      dataset.shuffle({ ...(source === 'a stream' && { buffer: 4 }), ...(seed !== undefined && { seed }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(5), async (count, seed, from) => {
        const dataset = shuffled(make(range(count)) as AnyKind);
        const all = await batchesOf(dataset, { seed, step: 3 });
        t.same(
          all.flat().sort((a, b) => a - b),
          range(count),
          'each example once',
        );
        t.same(await batchesOf(dataset, { seed, step: 3 }), all, 'the same for the same seed and step');
        if (from <= all.length) t.same(await batchesOf(dataset, { seed, step: 3, from }), all.slice(from));
      }),
      { seed: 2, numRuns: 40 },
    );
    const orders = new Set<string>();
    const add = async (dataset: AnyKind, given: object) =>
      orders.add(JSON.stringify((await batchesOf(dataset, given)).flat()));
    const all = make(range(40)) as AnyKind;
    for (const step of [0, 1, 2]) await add(shuffled(all), { step });
    await add(shuffled(all), { seed: 8 });
    await add(shuffled(shuffled(all)), {});
    t.equal(orders.size, 5, 'other orders for other steps, seeds, and when shuffled twice');
    await add(shuffled(all, 9), { seed: 1 });
    await add(shuffled(all, 9), { seed: 2 });
    t.equal(orders.size, 6, 'a seed of its own goes before that of the training');
    const [first, second] = chunks((await batchesOf(shuffled(all).repeat(2))).flat(), 40);
    t.not(JSON.stringify(first), JSON.stringify(second), 'a repetition has another order');
    t.same(
      [...second!].sort((a, b) => a - b),
      range(40),
    );
    const whole = shuffled(all.batch(4));
    const batches = await batchesOf(whole);
    t.same(
      batches.map(([first]) => first!).sort((a, b) => a - b),
      range(10).map(i => 4 * i),
      'behind batch, batches are shuffled',
    );
    t.ok(batches.every(batch => batch.every((i, k) => i === batch[0]! + k)));
  });
}
