/** Splits and folds of datasets: each example in one part, and classes shared as the whole. */
import fc from 'fast-check';
import t from 'tap';
import { Dataset, kFold, oneHot, tensor } from '../../../lib/index.ts';
import { errorOf } from '../../error-of.ts';
import { range } from './elements.ts';

const classLists = fc.array(fc.nat(4), { minLength: 4, maxLength: 60 });
const labelled = (classes: readonly number[]) =>
  Dataset.fromTensors(tensor(range(classes.length)), tensor(Int32Array.from(classes)));
type Labelled = ReturnType<typeof labelled>;

const placesOf = async (dataset: Labelled): Promise<number[]> => [...(await dataset.toTensors()).x.data];
const countOf = (classes: readonly number[], places: readonly number[], of: number): number =>
  places.filter(place => classes[place] === of).length;

t.test('split', async t => {
  await fc.assert(
    fc.asyncProperty(
      classLists,
      fc.double({ min: 0.2, max: 0.8, noNaN: true }),
      fc.boolean(),
      fc.nat(),
      async (classes, share, stratify, seed) => {
        const parts = await Promise.all(labelled(classes).split(share, { stratify, seed }).map(placesOf));
        t.equal(parts[0]!.length, Math.round(classes.length * share));
        t.same(
          [...parts.flat()].sort((a, b) => a - b),
          range(classes.length),
          'each example once',
        );
        for (const part of parts)
          t.same(
            part,
            [...part].sort((a, b) => a - b),
            'in their order',
          );
        if (!stratify) return;
        for (const of of new Set(classes)) {
          const exact = (countOf(classes, range(classes.length), of) * parts[0]!.length) / classes.length;
          t.ok(Math.abs(countOf(classes, parts[0]!, of) - exact) < 1, `class ${of}`);
        }
      },
    ),
    { seed: 3, numRuns: 60 },
  );
});

t.test('kFold', async t => {
  await fc.assert(
    fc.asyncProperty(
      classLists,
      fc.integer({ min: 2, max: 4 }),
      fc.boolean(),
      fc.nat(),
      async (classes, k, stratify, seed) => {
        const folds = kFold(labelled(classes), k, { stratify, seed });
        const held = await Promise.all(folds.map(({ validation }) => placesOf(validation)));
        const trained = await Promise.all(folds.map(({ train }) => placesOf(train)));
        t.same(
          [...held.flat()].sort((a, b) => a - b),
          range(classes.length),
          'each example is held once',
        );
        for (const [i, places] of held.entries()) {
          t.same(
            [...places, ...trained[i]!].sort((a, b) => a - b),
            range(classes.length),
          );
        }
        const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);
        t.ok(spread(held.map(({ length }) => length)) <= 1);
        if (!stratify) return;
        for (const of of new Set(classes))
          t.ok(spread(held.map(places => countOf(classes, places, of))) <= 1, `class ${of}`);
      },
    ),
    { seed: 4, numRuns: 60 },
  );
});

t.test('the seed decides, and one-hot targets have classes too', async t => {
  const classes = range(40).map(i => i % 4);
  const part = async (seed?: number) => placesOf(labelled(classes).split(0.5, seed === undefined ? {} : { seed })[0]);
  t.same(await part(0), await part());
  t.strictNotSame(await part(1), await part(2));
  const rows = Dataset.fromTensors(tensor(range(40)), oneHot(tensor(Int32Array.from(classes)), 4));
  const [first] = rows.split(0.5, { stratify: true, seed: 1 });
  t.same(await placesOf(first as never), await placesOf(labelled(classes).split(0.5, { stratify: true, seed: 1 })[0]));
  const taken = labelled(classes).skip(8).take(20);
  const [third] = kFold(taken, 5, { stratify: true });
  const { targets } = await third!.validation.toTensors();
  t.same([...targets.data].sort(), [0, 1, 2, 3], 'the classes are those of the examples that are left');
});

t.test('what cannot be divided', async t => {
  const data = labelled(range(10));
  const stream = Dataset.fromExamples(() => [{ x: 1 }]);
  const faults: [() => unknown, string][] = [
    [() => data.batch(2).split(0.5 as never), 'OptionError: split: the dataset is in batches; split before batch()'],
    [() => kFold(data.batch(2), 2 as never), 'OptionError: kFold: the dataset is in batches; kFold before batch()'],
    [
      () => stream.split(0.5),
      'OptionError: split: the examples of a stream are not known beforehand; await collect() first',
    ],
    [
      () => data.repeat(2).split(0.5),
      'OptionError: split: an example would be in several parts; split before repeat()',
    ],
    [
      () => data.repeat(2).cache().split(0.5),
      'OptionError: split: an example would be in several parts; split before repeat()',
    ],
    [
      () => data.shuffle().split(0.5),
      'OptionError: split: the order changes from pass to pass behind shuffle(); split before it',
    ],
    [() => data.split(1), 'OptionError: split: the share must be greater than 0 and less than 1, got 1'],
    [
      () => data.split(0.5, { seeds: 1 } as object),
      'OptionError: unknown option of split "seeds": did you mean "seed"? Known: stratify, seed',
    ],
    [() => data.split(0.5, '3' as never), 'OptionError: split: expected an object with options, got "3"'],
    [() => data.split(0.5, { seed: -1 }), 'OptionError: split: seed must be a safe integer of 0 or more, got -1'],
    [() => data.split(0.5, { stratify: 1 } as object), 'OptionError: split: stratify must be true or false, got 1'],
    [
      () => data.split(0.01),
      'DataError: split: a share of 0.01 of 10 examples leaves 0 and 10; both parts need at least one',
    ],
    [
      () => Dataset.fromTensors([1, 2]).split(0.5, { stratify: true }),
      'OptionError: split: stratify needs one class for each example, got no targets',
    ],
    [
      () => Dataset.fromTensors([1, 2], [[[1]], [[2]]]).split(0.5, { stratify: true }),
      'OptionError: split: stratify needs one class for each example, got targets of [N, 1, 1]',
    ],
    [
      () => data.map(each => each).split(0.5, { stratify: true }),
      'OptionError: split: stratify needs targets in memory; split before map(), or await collect() first',
    ],
    [() => kFold(data, 1), 'OptionError: kFold: k must be 2 or more, got 1'],
    [() => kFold(data, 11), 'DataError: kFold: 10 examples do not make 11 folds; give at most 10'],
    [() => kFold([1] as never, 2), 'OptionError: kFold: expected a dataset, got [1]'],
  ];
  for (const [action, message] of faults) t.equal(errorOf(action), message);
  const [first] = (await stream.concat(stream).collect()).split(0.5);
  t.equal(first.examples, 1, 'a stream can be split once it is collected');
  const mapped = (await data.map(each => each).collect()).split(0.3, { stratify: true });
  t.equal(mapped[0].examples, 3);
});
