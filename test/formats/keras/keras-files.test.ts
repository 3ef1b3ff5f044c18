import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sequential, tensor } from 'inkling';
import t from 'tap';
import { decodeKerasH5, encodeKerasWeights, loadKerasWeights } from '../../../lib/formats/keras/h5-file.ts';
import { decodeKeras, encodeKeras } from '../../../lib/formats/keras/keras-file.ts';
import { labels, softTargets, uniform } from '../../golden/inputs.ts';

const folder = join(import.meta.dirname, '../../golden/formats/keras');
const read = (file: string): Uint8Array => readFileSync(join(folder, file));

interface Case {
  readonly name: string;
  readonly file: string;
  readonly inputShape: readonly number[];
  readonly predictions: readonly number[];
  readonly losses: readonly number[];
  readonly steps: number;
  readonly optimizer: string;
}
const cases = ['keras-files.json', 'keras-wrapped.json'].flatMap(
  file => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases: readonly Case[] }).cases,
);
const examples = 6;

const inputsOf = ({ name, inputShape }: Pick<Case, 'name' | 'inputShape'>) =>
  tensor(uniform(`${name}/x`, { shape: [examples, ...inputShape], scale: 4 }), [examples, ...inputShape]);

/** The batch on which the file's model was trained, and is trained on. */
function batchOf(model: Sequential, { name, inputShape }: Case) {
  const x = inputsOf({ name, inputShape });
  const columns = model.outputShape.at(-1)!;
  const { loss } = model.compiled!;
  if (loss.targets === 'classes') return { x, y: tensor(labels(`${name}/y`, examples, columns), [examples], 'int32') };
  const isSoft = loss.name === 'categoricalCrossentropy';
  const drawn = isSoft
    ? softTargets(`${name}/y`, examples, columns)
    : uniform(`${name}/y`, { shape: [examples, columns], scale: 2 });
  return { x, y: tensor(Float32Array.from(drawn), [examples, columns]) };
}

async function further(model: Sequential, each: Case): Promise<number[]> {
  const { x, y } = batchOf(model, each);
  const losses: number[] = [];
  for (let step = 0; step < each.losses.length; step++) losses.push((await model.trainOnBatch(x, y)).loss);
  return losses;
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, each) => Math.max(most, each), 0);

const decode = (file: string, bytes: Uint8Array): Promise<Sequential> =>
  file.endsWith('.h5') ? decodeKerasH5(bytes, { file }) : decodeKeras(bytes, { file });

for (const each of cases) {
  t.test(`${each.file} predicts and trains on as in Keras, and so does what is written of it`, async t => {
    const model = await decode(each.file, read(each.file));
    const written = await encodeKeras(model);
    const { data } = await model.predict(inputsOf(each));
    t.ok(far(data, each.predictions) < 1e-5, `predictions differ by ${far(data, each.predictions)}`);
    t.equal(model.steps, each.steps);
    t.equal(model.optimizer.className, each.optimizer);
    const losses = await further(model, each);
    const scaled = losses.map(loss => loss / each.losses[0]!);
    const expected = each.losses.map(loss => loss / each.losses[0]!);
    t.ok(far(scaled, expected) < 1e-4, `losses ${losses}, expected ${each.losses}`);

    const again = await decodeKeras(written);
    t.same((await again.predict(inputsOf(each))).data, data, 'the same predictions');
    t.same(await further(again, each), losses, 'the same losses');
  });
}

t.test('an .h5 file has the state of the optimizer as the .keras file of the same model', async t => {
  const [one, other] = [
    await decode('digits.keras', read('digits.keras')),
    await decode('digits.h5', read('digits.h5')),
  ];
  t.same(await one.getState().then(withoutSeed), await other.getState().then(withoutSeed));
});

const withoutSeed = (state: { tensors: object; values: unknown }) => state.tensors;

t.test('weights alone of both kinds of files', async t => {
  const model = await decode('digits.keras', read('digits.keras'));
  const right = await model.getWeights();
  for (const file of ['digits.weights.h5', 'digits.h5']) {
    await model.setWeights(right.map(each => each.multiply(0)));
    await loadKerasWeights(model, read(file), { file });
    t.same(await model.getWeights(), right, file);
  }
  const copy = await model.clone({ weights: false, seed: 9 });
  await loadKerasWeights(copy, await encodeKerasWeights(model));
  t.same(await copy.getWeights(), right, 'what is written here');
});

t.test('what is loaded has the layers, the metrics and the names of Keras', async t => {
  const digits = await decode('digits.keras', read('digits.keras'));
  t.same(
    digits.layers.map(({ name }) => name),
    ['rescaling', 'conv2d', 'batch_normalization', 'max_pooling2d', 'flatten', 'dropout', 'dense', 'output'],
  );
  t.same(
    digits.compiled!.metrics.map(({ name }) => name),
    ['accuracy', 'top'],
  );
  const frozen = await decode('frozen.keras', read('frozen.keras'));
  t.same(
    frozen.layers.map(({ trainable }) => trainable),
    [false, false, true, true],
  );
  const plain = await decodeKeras(read('digits.keras'), { compile: false });
  t.equal(plain.compiled, undefined);
});
