/** docs/tfjs.md: its recipe runs. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadModel } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const text = await readFile(join(root, 'docs/tfjs.md'), 'utf8');

t.test('the recipe', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-recipe-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const golden = join(root, 'test/golden/formats/tfjs');
  const shards = (await readdir(golden)).filter(name => name.startsWith('momentum-shard'));
  for (const name of shards) await copyFile(join(golden, name), join(folder, name));
  await copyFile(join(golden, 'momentum.json'), join(folder, 'model.json'));
  const [, recipe = ''] = /```ts\n([\s\S]*?)```/.exec(text)!;
  const data = `import { randomNormal, tensor } from 'inkling';
const images = randomNormal([6, 6, 6, 2], { seed: 1 });
const labels = tensor([0, 1, 2, 0, 1, 2], [6], 'int32');
`;
  await writeFile(join(folder, 'recipe.ts'), `${data}${recipe}console.log(probabilities.shape.join());\n`);
  const loader = join(root, 'test/typescript-loader.mjs');
  t.equal(await runCommand(folder, process.execPath, '--import', loader, 'recipe.ts'), '6,4\n');
  const model = await loadModel(join(folder, 'again.json'));
  t.equal(model.steps, 4, 'two steps in TensorFlow.js and two epochs of one step');
});
