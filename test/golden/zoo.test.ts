/** The ready-made models against Keras: their parameters and shapes, and the numbers of small ones. */
import t from 'tap';
import {
  alexnet,
  type BackendName,
  decodeModel,
  encodeModel,
  lenet5,
  mobilenetV2,
  normalizedCnn,
  pairedCnn,
  resnet,
  type Sequential,
  type Shape,
  sgd,
  shallowCnn,
  stackedCnn,
  tensor,
  vgg,
} from '../../lib/index.ts';
import { countParameters } from '../../lib/model/summary.ts';
import { errorOf } from '../error-of.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, uniform } from './inputs.ts';

interface Made {
  readonly factory: string;
  readonly options: { readonly depth?: number; readonly inputShape?: Shape; readonly classes?: number };
}
const { madeBy, counts, trained } = readGolden<{
  readonly madeBy: string;
  readonly counts: readonly (Made & { readonly total: number; readonly trainable: number })[];
  readonly trained: readonly (Made & {
    readonly shapes: readonly Shape[];
    /** What is added to the parameters that are drawn. */
    readonly offsets: readonly number[];
    readonly before: readonly number[];
    readonly losses: readonly number[];
    readonly after: readonly number[];
  })[];
}>('zoo-keras.json');

const factories: { readonly [name: string]: unknown } = {
  ...{ alexnet, lenet5, mobilenetV2, resnet, vgg, shallowCnn, pairedCnn, stackedCnn, normalizedCnn },
};
const made = ({ factory, options }: Made, more: object = {}): Sequential =>
  (factories[factory] as (options: object) => Sequential)({ ...options, ...more });

t.test(`${madeBy}: numbers of parameters`, async t => {
  for (const each of counts) {
    const { total, trainable } = countParameters(made(each).layers);
    t.same([total, trainable], [each.total, each.trainable], `${each.factory} ${JSON.stringify(each.options)}`);
  }
  const known = new Set(counts.map(({ factory }) => factory));
  t.same([...known].sort(), Object.keys(factories).sort(), 'every model is compared');
});

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}: outputs, a step, and the outputs behind it`, async t => {
    for (const each of trained) {
      const { factory, options, shapes, offsets, before, losses, after } = each;
      const model = made(each, { backend });
      const tag = `zoo/${factory} ${options.depth ?? ''}`;
      const weights = shapes.map((shape, i) => {
        const fans = shape.length > 1 ? shape.slice(0, -1).reduce((size, axis) => size * axis, 1) : 1;
        const scale = Math.fround(shape.length === 1 ? 0.5 : 2 * Math.sqrt(3 / fans));
        const drawn = uniform(`${tag}/${i}`, { shape });
        return tensor(
          drawn.map(number => number * scale + offsets[i]!),
          shape,
        );
      });
      t.same(
        (await model.getWeights()).map(({ shape }) => shape),
        shapes,
        `${factory}: shapes`,
      );
      await model.setWeights(weights);
      const shape = [6, ...model.inputShape];
      const x = tensor(uniform(`${tag}/x`, { shape, scale: 255, offset: 127.5 }).map(Math.round), shape);
      const y = tensor(labels(`${tag}/y`, 6, options.classes!), [6], 'int32');
      const again = await decodeModel(await encodeModel(model));
      for (const one of [model, again]) {
        const off = relativeError((await one.predict(x)).data, before);
        t.ok(off < 2e-4, `${factory}: outputs before are ${off} off`);
      }
      model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });
      const got = [(await model.trainOnBatch(x, y))['loss']!, (await model.evaluate(x, y))['loss']!];
      t.ok(relativeError(got, losses) < 1e-3, `${factory}: losses ${got}, expected ${losses}`);
      const off = relativeError((await model.predict(x)).data, after);
      t.ok(off < 2e-3, `${factory}: outputs after are ${off} off`);
    }
  });
}

t.test('what they refuse', async t => {
  const cases: [() => unknown, string][] = [
    [
      () => resnet({ depth: 21 }),
      'OptionError: resnet: depth must be 6n + 2, such as 8, 20, 32, 44, 56 or 110, got 21',
    ],
    [() => resnet({ shortcut: 'C' as 'A' }), 'OptionError: resnet: shortcut must be one of A, B, got "C"'],
    [() => resnet({ width: 0 }), 'OptionError: resnet: width must be a number greater than 0, got 0'],
    [() => vgg({ depth: 12 as 11 }), 'OptionError: vgg: depth must be one of 11, 13, 16, 19, got 12'],
    [
      () => lenet5({ widths: 2 } as object),
      'OptionError: unknown option of lenet5 "widths"; known: activation, classes, inputShape, name, seed, backend',
    ],
    [() => alexnet(3 as never), 'OptionError: alexnet: expected an object with options, got 3'],
    [
      () => mobilenetV2({ inputShape: [28, 28] }),
      'OptionError: mobilenetV2: inputShape must be [height, width, channels], got [28, 28]',
    ],
    [() => shallowCnn({ units: [0] }), 'OptionError: shallowCnn: units must be a positive integer, got 0'],
    [
      () => shallowCnn({ outputActivation: 'relu' as 'sigmoid' }),
      'OptionError: shallowCnn: outputActivation must be one of softmax, sigmoid, got "relu"',
    ],
    [() => normalizedCnn({ width: -1 }), 'OptionError: normalizedCnn: width must be a number greater than 0, got -1'],
    [() => pairedCnn({ classes: -1 as number }), 'OptionError: pairedCnn: classes must be a positive integer, got -1'],
  ];
  for (const [program, message] of cases) t.equal(errorOf(program), message);
});
