/** A hundred networks drawn over all layers: predictions and the losses of ten steps, as Keras computes them in float64. */
import t from 'tap';
import type { BackendName } from '../../lib/index.ts';
import { layerClassNames } from '../../lib/layers/registry.ts';
import { losses } from '../../lib/losses/registry.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { errorsOf, outcomeOf, readDrawn } from './drawn-networks.ts';

const { madeBy, networks } = readDrawn(new URL('.', import.meta.url));

/** The class names in a description, however deep. */
function classNamesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { className, join, config } = value as { className?: unknown; join?: unknown; config?: unknown };
  const own = typeof className === 'string' && config !== undefined ? [className] : [];
  const joined = typeof join === 'string' ? [join[0]!.toUpperCase() + join.slice(1)] : [];
  return [...own, ...joined, ...Object.values(value).flatMap(classNamesIn)];
}

/** Layers that are in none of the networks, and why; other goldens compare them, or their tests do. */
const notDrawn: { readonly [className: string]: string } = {
  AdaptiveAveragePooling2D: 'in image-layers.test.ts',
  AdaptiveMaxPooling2D:
    'Keras on TensorFlow divides by 0 for some sizes, and its process ends; in image-layers.test.ts',
  AugMix: 'even with a factor of 0 it draws which changes it makes, and their shares; in color-augmentation.test.ts',
  CategoryEncoding: 'it has no gradient; in categories.test.ts',
  ContrastLimitedAdaptiveHistogramEqualization: 'in augmentation.test.ts',
  Discretization: 'it has no gradient; in categories.test.ts',
  Equalization: 'in augmentation.test.ts',
  IntegerLookup: 'it has no gradient; in categories.test.ts',
  RandAugment: 'in augmentation.test.ts',
  RandomColorJitter: 'in augmentation.test.ts',
  RandomGaussianBlur: 'in augmentation.test.ts',
  RandomHue: 'in augmentation.test.ts',
  RandomPerspective: 'without draws it changes nothing; its map of four corners is in augmentation.test.ts',
};

t.test('every layer, loss and optimizer is in one of the networks', async t => {
  t.equal(networks.length, 100);
  const layers = new Set(networks.flatMap(({ layers }) => classNamesIn(layers)));
  t.same([...layers, ...Object.keys(notDrawn)].sort(), [...layerClassNames].sort());
  const drawn = new Set(networks.map(({ loss }) => losses[loss.name as keyof typeof losses]));
  t.same(drawn, new Set(Object.values(losses)));
  const classNames = Object.values(optimizers).map(make => make().className);
  t.same([...new Set(networks.map(({ optimizer }) => optimizer.className))].sort(), classNames.sort());
});

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const [i, { expected, ...network }] of networks.entries()) {
      const outcome = await outcomeOf(network, i, backend);
      t.same(outcome.weights, expected.weights, `network ${i}: its parameters`);
      for (const [part, error] of errorsOf(outcome, expected).entries()) {
        const bound = 2e-6 + 5 * expected.drift[part]!;
        t.ok(error < bound, `network ${i}: its ${['output before', 'losses', 'output behind'][part]} is ${error} off`);
      }
    }
  });
}
