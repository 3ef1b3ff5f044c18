/** Random networks: the shapes that the compiler computes are those of the run time, and those of Keras. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Sequential, type Shape } from '../../lib/index.ts';
import { readGolden } from '../golden/golden.ts';
import { drawNetworks, layerOf, type NetworkSpec } from '../golden/networks.ts';
import { compile, declarations, userConfig } from './compilers.ts';

const networks = readGolden<NetworkSpec[]>('networks.json');
const keras = readGolden<{ madeBy: string; outputs: Shape[][] }>('networks-keras.json');

/** The shape behind each layer when the network is built. */
function outputs({ input, layers }: NetworkSpec): Shape[] {
  const model = new Sequential({ inputShape: input });
  for (const layer of layers) model.add(layerOf(layer));
  return model.layers.map(({ outputShape }) => outputShape);
}

/** A program that compiles only if the compiler gets these shapes, once as a chain and once as a list. */
function program(drawn: readonly NetworkSpec[], shapes: readonly Shape[][]): string {
  const factories = [...new Set(drawn.flatMap(({ layers }) => layers.map(({ factory }) => factory)))];
  const lines = drawn.flatMap(({ input, layers }, n) => {
    const calls = layers.map(({ factory, options }) => `${factory}(${JSON.stringify(options)})`);
    const model = `new Sequential({ inputShape: ${JSON.stringify(input)} })`;
    const chain = calls.flatMap((call, i) => [
      `const n${n}_${i} = ${i === 0 ? model : `n${n}_${i - 1}`}.add(${call});`,
      `same<Equal<(typeof n${n}_${i})['outputShape'], ${JSON.stringify(shapes[n]![i])}>>();`,
    ]);
    const first = `flatten({ inputShape: ${JSON.stringify(input)} }), reshape({ targetShape: ${JSON.stringify(input)} })`;
    const list = `const list${n} = new Sequential([${[first, ...calls].join(', ')}]);`;
    const last = JSON.stringify(shapes[n]!.at(-1) ?? input);
    return [...chain, list, `same<Equal<typeof list${n}, Sequential<${JSON.stringify(input)}, ${last}>>>();`];
  });
  const imports = [...new Set(['flatten', 'reshape', ...factories]), 'Sequential'].join(', ');
  const equal = JSON.stringify(join(import.meta.dirname, 'fixtures/equal.ts'));
  return [`import { ${imports} } from 'inkling';`, `import { type Equal, same } from ${equal};`, ...lines].join('\n');
}

const { folder, discard } = await declarations();
t.teardown(discard);

async function compiles(drawn: readonly NetworkSpec[], shapes: readonly Shape[][]): Promise<string> {
  const file = join(folder, 'networks.ts');
  await writeFile(file, program(drawn, shapes));
  return (await compile('typescript', '-p', await userConfig(folder, [file]), '--pretty', 'false')).output;
}

t.test(`${keras.madeBy}, run time and compiler agree`, async t => {
  const layers = networks.reduce((sum, network) => sum + network.layers.length, 0);
  t.ok(layers >= 300, `${layers} layers`);
  for (const [i, network] of networks.entries()) t.same(outputs(network), keras.outputs[i]);
  t.equal(await compiles(networks, keras.outputs), '');
  const wrong = keras.outputs.map((shapes, i) => (i === 7 ? shapes.map(shape => [...shape, 1]) : shapes));
  t.match(await compiles(networks, wrong), /does not satisfy the constraint 'true'/, 'and a wrong shape is noticed');
});

t.test('run time and compiler agree on networks that nobody has seen', async t => {
  const seed = Date.now() % 2 ** 31;
  const drawn = drawNetworks(seed, 60);
  t.equal(await compiles(drawn, drawn.map(outputs)), '', `seed ${seed}`);
});
