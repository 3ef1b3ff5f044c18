import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sequential, tensor } from 'inkling';
import t from 'tap';
import { loadModel as loadAnywhere } from '../../../lib/formats/index.ts';
import { decodeTfjs, encodeTfjs } from '../../../lib/formats/tfjs/tfjs-files.ts';
import { loadModel } from '../../../lib/node.ts';
import { labels, softTargets, uniform } from '../../golden/inputs.ts';

const folder = join(import.meta.dirname, '../../golden/formats/tfjs');

interface Case {
  readonly name: string;
  readonly file: string;
  readonly inputShape: readonly number[];
  readonly predictions: readonly number[];
  readonly losses: readonly number[];
  readonly steps: number;
}
const { cases } = JSON.parse(readFileSync(join(folder, 'tfjs-files.json'), 'utf8')) as { cases: readonly Case[] };
const examples = 6;

const inputsOf = ({ name, inputShape }: Case) =>
  tensor(uniform(`${name}/x`, { shape: [examples, ...inputShape], scale: 4 }), [examples, ...inputShape]);

/** The batch on which the file's model was trained, and is trained on. */
function batchOf(model: Sequential, each: Case) {
  const columns = model.outputShape.at(-1)!;
  const { name } = each;
  const x = inputsOf(each);
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
  for (const _ of each.losses) losses.push((await model.trainOnBatch(x, y)).loss);
  return losses;
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, each) => Math.max(most, each), 0);

for (const each of cases) {
  t.test(`${each.file} predicts and trains on as in TensorFlow.js, and so does what is written of it`, async t => {
    const model = await loadModel(join(folder, each.file));
    const written = await encodeTfjs(model);
    const { data } = await model.predict(inputsOf(each));
    t.ok(far(data, each.predictions) < 1e-5, `predictions differ by ${far(data, each.predictions)}`);
    const again = await decodeTfjs(written);
    t.same((await again.predict(inputsOf(each))).data, data, 'the same predictions');
    if (each.losses.length === 0) return;
    t.equal(model.steps, each.steps);
    const losses = await further(model, each);
    const scaled = losses.map(loss => loss / each.losses[0]!);
    const expected = each.losses.map(loss => loss / each.losses[0]!);
    t.ok(far(scaled, expected) < 1e-4, `losses ${losses}, expected ${each.losses}`);
    const lossesAgain = await further(again, each);
    t.ok(far(lossesAgain, losses) < 1e-6, `losses ${lossesAgain}, expected ${losses}`);
  });
}

t.test('the files of a model come from a file input, too', async t => {
  const [each] = cases as [Case];
  const json = readFileSync(join(folder, each.file));
  const paths = (JSON.parse(json.toString()) as { weightsManifest: [{ paths: string[] }] }).weightsManifest[0].paths;
  t.ok(paths.length > 1, 'several shards');
  const shards = paths.map(path => new File([readFileSync(join(folder, path))], path.slice('./'.length)));
  const model = await loadAnywhere([...shards, new File([json], each.file)]);
  t.ok(far((await model.predict(inputsOf(each))).data, each.predictions) < 1e-5);
});

t.test("an activation of TensorFlow.js that is an option of Keras's", async t => {
  const text = readFileSync(join(folder, 'sgd.json'), 'utf8').replace(
    '"activation":"sigmoid"',
    '"activation":"gelu_new"',
  );
  const shard = 'sgd-shard1of1.bin';
  const files = {
    'sgd.json': new TextEncoder().encode(text),
    [shard]: new Uint8Array(readFileSync(join(folder, shard))),
  };
  const { layers } = (await decodeTfjs(files)).toJSON().config as { readonly layers: readonly { config: object }[] };
  t.match(layers[0]!.config, { activation: { name: 'gelu', approximate: true } });
});
