import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { imageFile } from '../data/images/image-files.ts';
import { runCommand } from '../run-command.ts';
import { compile } from '../types/compilers.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What a stranger does: install the package elsewhere, and use it with types and without. */
const program = `
import { dense, Sequential, tensor } from 'inkling';
import { loadModel, saveModel } from 'inkling/node';
const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(tensor([[0], [1], [2]]), tensor([[1], [3], [5]]), { epochs: 3000, verbose: 0 });
await saveModel(model, 'line.safetensors');
const loaded = await loadModel('line.safetensors');
console.log((await loaded.predict([[10]])).item().toFixed(1));
`;

/** The same with the files of the kernels as a bundler imports them: as bytes, or as the URL of a copy. */
const bundled = (located: (file: string) => string): string => `
import { configure } from 'inkling';
import simd from 'inkling/simd.wasm';
import simdThreads from 'inkling/simd-threads.wasm';
configure({ wasm: { simd: ${located('simd')}, simdThreads: ${located('simdThreads')} } });
${program}`;

/** Ends with the message of the error, in the format of CommonJS too. */
const unbundledKernels = `
import { dense, Sequential } from 'inkling';
const model = new Sequential({ inputShape: [1] }).add(dense({ units: 1 }));
model.predict([[1]]).then(String, String).then(console.log);
`;

/** The red line of an editor: one number is wrong. */
const fault = `
import { conv2d, Sequential } from 'inkling';
export const model = new Sequential({ inputShape: [3, 3, 1] })
  .add(conv2d({ filters: 8, kernelSize: 5 }));
`;
const message = /^\S*fault\.ts\(4,8\): error TS2345: .* '"a 5x5 kernel does not fit into 3x3 \(padding 'valid'\);/;

/** One class each under both entries, names as they are exported, and names of functions in stack traces. */
const identity = `
import * as inkling from 'inkling';
import { loadModel, readStateFile, saveModel } from 'inkling/node';
const model = new inkling.Sequential([inkling.dense({ units: 1, inputShape: [1] })], { seed: 1 });
await saveModel(model, 'identity.safetensors');
const loaded = await loadModel('identity.safetensors');
const missing = await readStateFile('nowhere').catch(error => error);
const renamed = Object.entries(inkling).filter(([name, value]) => /^class /.test(String(value)) && value.name !== name);
let stack;
try { inkling.tensor([[1], [2, 3]]); } catch (error) { ({ stack } = error); }
console.log(JSON.stringify({
  models: loaded instanceof inkling.Sequential,
  tensors: (await loaded.predict([[1]])) instanceof inkling.Tensor,
  errors: missing instanceof inkling.FileError,
  renamed: renamed.map(([name]) => name),
  stack: /at fromNested \\(/.test(stack),
}));
`;

/** Files of all formats: what needs a package that is not there says so, and all else works without it. */
const formats = `
import { dense, Sequential } from 'inkling';
import { decodeOnnx, encodeFiles, loadModel } from 'inkling/formats';
const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
const expected = (await model.predict([[10]])).item();
const same = [];
for (const name of ['line.keras', 'line.safetensors']) {
  const files = await encodeFiles(model, name);
  const loaded = await loadModel(files[name]);
  same.push((await loaded.predict([[10]])).item() === expected);
}
console.log(JSON.stringify({ same, onnx: await decodeOnnx(new Uint8Array(8)).catch(String) }));
`;
const formatFacts = {
  same: [true, true],
  onnx: 'InklingError: ONNX files need the package @bufbuild/protobuf: npm install @bufbuild/protobuf',
};

/** What reads data, of which the packages are bundled. */
const data = `
import { readImage, readMnistCsv } from 'inkling/node';
const rows = [1, 2].map(value => Array(784).fill(value).join(','));
const { images } = await readMnistCsv(new TextEncoder().encode(rows.join('\\n')));
const channels = async file => (await readImage(Buffer.from(file, 'base64'))).channels;
const png = await channels('${Buffer.from(imageFile('colour type 2, 8 bits')).toString('base64')}');
const jpeg = await channels('${Buffer.from(imageFile('gray')).toString('base64')}');
console.log(images.shape.join('x'), png, jpeg);
`;

/** What inkling-types has written makes shapes literal. */
const described = `
import { conv2d } from 'inkling';
import { loadModel } from 'inkling/node';
const model = await loadModel('line.safetensors');
const input: readonly [1] = model.inputShape;
// @ts-expect-error: the file says [1]
const wrong: readonly [2] = model.outputShape;
export { conv2d, input, wrong };
`;

/** Programs that need little of the library, and the most bytes that they may have once they are bundled. */
const small: readonly [string, number][] = [
  ["import { InklingError } from 'inkling'; console.log(InklingError);", 1_000],
  ["import { tensor } from 'inkling'; console.log(tensor([1]));", 100_000],
  ["import { decodeSafetensors } from 'inkling'; console.log(decodeSafetensors);", 100_000],
];

/** The modules that an entry loads besides itself when it starts; they are in one folder. Packages are named whole. */
async function loadedOf(entry: string): Promise<string[]> {
  const found = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(
      /^(?:import|export)\s[^;]*?from "([^"]+)";/gm,
    )) {
      const shown = name.startsWith('.') ? basename(name) : name;
      if (found.has(shown)) continue;
      found.add(shown);
      if (name.startsWith('.')) await visit(join(dirname(file), name));
    }
  };
  await visit(entry);
  return [...found].sort();
}

/** Bundles of programs that read and write files, where optional packages are not installed. */
async function bundlersTakeTheFormats(t: Test, folder: string): Promise<void> {
  const wasm = `import simd from 'inkling/simd.wasm';
import simdThreads from 'inkling/simd-threads.wasm';
import { configure } from 'inkling';
configure({ wasm: { simd, simdThreads } });
`;
  const esbuild = ['esbuild', '--target=node20', '--out-extension:.js=.mjs', '--format=esm', '--loader:.wasm=binary'];
  const rolldown = ['rolldown', '--format=esm', '--module-types', '.wasm=binary'];
  for (const [command = '', ...options] of [esbuild, rolldown]) {
    const facts = JSON.parse(await runBundled(folder, wasm + formats, command, ...options));
    t.same(facts, formatFacts, command);
  }
}

async function bundlersDropWhatIsNotNeeded(t: Test, folder: string): Promise<void> {
  for (const [source, most] of small) {
    await writeFile(join(folder, 'small.mjs'), source);
    const out = join(folder, 'small.out.mjs');
    const options = ['--bundle', '--minify', '--format=esm', '--log-level=error'];
    await runCommand(root, 'npx', 'esbuild', join(folder, 'small.mjs'), `--outfile=${out}`, ...options);
    const { length } = await readFile(out);
    t.ok(length < most, `${source}: ${length} bytes`);
  }
}

/** Bundles a program in a folder where the package is installed, and runs it from a folder of its own. */
async function runBundled(folder: string, source: string, command: string, ...options: string[]): Promise<string> {
  await writeFile(join(folder, 'entry.mjs'), source);
  const out = await mkdtemp(join(folder, 'bundle-'));
  const place = command === 'esbuild' ? '--outdir' : '--dir';
  const args = [join(folder, 'entry.mjs'), `${place}=${out}`, '--platform=node', ...options];
  await runCommand(root, 'npx', command, ...args, ...(command === 'esbuild' ? ['--bundle', '--log-level=error'] : []));
  const built = (await readdir(out)).find(file => /^entry\.(mjs|cjs|js)$/.test(file));
  return (await runCommand(folder, 'node', join(out, String(built)))).trim();
}

/** esbuild and Rolldown, the latter with the options of Rollup: neither finds the files of the kernels by itself. */
async function bundlersTakeTheKernels(t: Test, folder: string): Promise<void> {
  const esbuild = ['esbuild', '--target=node20', '--out-extension:.js=.mjs', '--format=esm'] as const;
  const asBytes = bundled(file => file);
  const asCopies = bundled(file => `new URL(${file}, import.meta.url)`);
  t.equal(await runBundled(folder, asBytes, ...esbuild, '--loader:.wasm=binary'), '21.0', 'esbuild, bytes');
  t.equal(await runBundled(folder, asBytes, ...esbuild, '--loader:.wasm=dataurl'), '21.0', 'esbuild, data: URL');
  t.equal(await runBundled(folder, asCopies, ...esbuild, '--loader:.wasm=file'), '21.0', 'esbuild, copies');
  t.equal(
    await runBundled(folder, asBytes, 'rolldown', '--format=esm', '--module-types', '.wasm=binary'),
    '21.0',
    'Rolldown, bytes',
  );
  const advice =
    /^BackendError: simd: cannot load the kernels \(simd(-threads)?\.wasm\): .*; a bundler may not have taken the file along: tell where 'inkling\/simd\1\.wasm' is by configure\(\{ wasm: \{ simd(Threads)?: url or bytes \} \}\);/;
  t.match(await runBundled(folder, unbundledKernels, ...esbuild), advice, 'the file is not there');
  const commonJs = ['esbuild', '--out-extension:.js=.cjs', '--format=cjs'] as const;
  t.match(await runBundled(folder, unbundledKernels, ...commonJs), advice, 'no URL of the module');
}

t.test('the packed package installs into an empty folder and works there', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-package-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const stdout = await runCommand(root, 'npm', 'pack', '--json', '--pack-destination', folder);
  // What npm runs before it packs may print, too; the list that is asked for begins a line of its own.
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout.slice(stdout.search(/^\[$/m)));
  t.ok(unpackedSize < 3_000_000, `${unpackedSize} bytes unpacked`);
  t.notOk(
    files.some(({ path }: { path: string }) => /test|bench|mnist-data/.test(path)),
    'no tests, no data',
  );
  t.ok(
    files.some(({ path }: { path: string }) => path === 'dist/lib/LICENSES'),
    'what is bundled keeps its licences',
  );
  const scripts = files.filter(({ path }: { path: string }) => path.endsWith('.js'));
  t.ok(scripts.length <= 32, `${scripts.length} files of JavaScript`);
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await runCommand(folder, 'npm', 'install', '--no-audit', '--no-fund', filename);
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  t.same(Object.keys(lock.packages), ['', 'node_modules/inkling'], 'no dependency');
  const installed = (await runCommand(folder, 'du', '-sk', 'node_modules')).split('\t')[0];
  t.ok(Number(installed) < 5_000, `${installed} kB installed`);
  t.same(await loadedOf(join(folder, 'node_modules/inkling/dist/lib/index.js')), [
    'errors.js',
    'inkling.js',
    'rolldown-runtime.js',
    'tensor.js',
  ]);
  await writeFile(join(folder, 'formats.mjs'), formats);
  t.same(JSON.parse(await runCommand(folder, 'node', 'formats.mjs')), formatFacts, 'without optional packages');
  await writeFile(join(folder, 'data.mjs'), data);
  t.equal((await runCommand(folder, 'node', 'data.mjs')).trim(), '2x28x28x1 3 1', 'CSV, PNG and JPEG');
  await writeFile(join(folder, 'line.mjs'), program);
  t.equal((await runCommand(folder, 'node', 'line.mjs')).trim(), '21.0');

  await writeFile(join(folder, 'identity.mjs'), identity);
  const facts = JSON.parse(await runCommand(folder, 'node', 'identity.mjs'));
  t.same(facts, { models: true, tensors: true, errors: true, renamed: [], stack: true });
  await bundlersDropWhatIsNotNeeded(t, folder);
  await bundlersTakeTheKernels(t, folder);
  await bundlersTakeTheFormats(t, folder);
  await runCommand(folder, 'npx', 'inkling-types', 'line.safetensors');

  await writeFile(join(folder, 'line.ts'), program);
  await writeFile(join(folder, 'fault.ts'), fault);
  await writeFile(join(folder, 'described.ts'), described);
  for (const name of ['typescript', 'typescript-5.9', 'typescript-5.7'] as const) {
    for (const resolution of ['nodenext', 'bundler']) {
      const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
      const options = { strict: true, module, moduleResolution: resolution, target: 'es2022', noEmit: true, types: [] };
      const config = {
        compilerOptions: { ...options, skipLibCheck: false },
        files: ['line.ts', 'fault.ts', 'described.ts', 'line.d.safetensors.ts'],
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const { output } = await compile(name, '-p', folder, '--pretty', 'false');
      t.match(output, message, `${name}, ${resolution}: the wrong shape is told`);
      t.equal(output.trim().split('\n').length, 1, `${name}, ${resolution}: and nothing else`);
    }
  }
});

t.test('publint and are-the-types-wrong find nothing', async t => {
  await t.resolves(runCommand(root, 'npx', 'publint', '--strict'));
  await t.resolves(runCommand(root, 'npx', 'attw', '--pack', '.'));
});
