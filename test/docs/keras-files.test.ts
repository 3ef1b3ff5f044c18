/** docs/keras-files.md: its recipe runs. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeKeras } from 'inkling/formats';
import t from 'tap';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const text = await readFile(join(root, 'docs/keras-files.md'), 'utf8');

t.test('the recipe "From Keras"', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-recipe-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await copyFile(join(root, 'test/golden/formats/keras/digits.keras'), join(folder, 'digits.keras'));
  const [, recipe = ''] = /```ts\n([\s\S]*?)```/.exec(text)!;
  const data = `import { randomNormal, tensor } from 'inkling';
const images = randomNormal([6, 8, 8, 1], { seed: 1 });
const labels = tensor([0, 1, 2, 0, 1, 2], [6], 'int32');
`;
  await writeFile(join(folder, 'recipe.ts'), `${data}${recipe}console.log(probabilities.shape.join());\n`);
  const loader = join(root, 'test/typescript-loader.mjs');
  t.equal(await runCommand(folder, process.execPath, '--import', loader, 'recipe.ts'), '6,3\n');
  const model = await decodeKeras(await readFile(join(folder, 'digits.keras')));
  t.equal(model.steps, 7, 'five steps in Keras and two epochs of one step');
});
