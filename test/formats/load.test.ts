import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import { writeZip } from '../../lib/files/zip.ts';
import { encodeFiles, loadModel as loadAnywhere, type ModelSource } from '../../lib/formats/index.ts';
import { dense, encodeModel, Sequential } from '../../lib/index.ts';
import { loadModel, saveModel } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { runCommand } from '../run-command.ts';

const example = () => new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 4, name: 'example' });
const bytes = await encodeModel(example());
const weights = async (model: Sequential) => (await model.getWeights()).map(({ data }) => [...data]);
const expected = await weights(example());
const hash = createHash('sha256').update(bytes).digest('hex');
const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

/** A server of one file, which counts how often it is asked. */
async function served(t: Test): Promise<{ address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    const isThere = request.url === '/models/example.safetensors';
    response.writeHead(isThere ? 200 : 404, isThere ? {} : { 'content-type': 'text/html' });
    response.end(isThere ? bytes : '<html>');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/`, asked: () => asked };
}

t.test('a model comes from all that there is to load from', async t => {
  const { address } = await served(t);
  const path = join(await folder(t), 'example.safetensors');
  await writeFile(path, bytes);
  const sources: { readonly [name: string]: ModelSource } = {
    bytes,
    'a part of an array': Buffer.concat([Buffer.alloc(3), bytes]).subarray(3),
    'an array buffer': new Uint8Array(bytes).buffer,
    'a shared array buffer': new Uint8Array(new SharedArrayBuffer(bytes.length)).fill(0).buffer,
    'a blob': blob,
    'a file': new File([blob], 'example.safetensors'),
    'the files of an input': [new File([blob], 'example.safetensors')],
    'a response': new Response(blob),
    'a fetched response': await fetch(`${address}example.safetensors`),
    'a stream': blob.stream(),
    'an address': `${address}example.safetensors`,
    'a URL': new URL('example.safetensors', address),
  };
  new Uint8Array(sources['a shared array buffer'] as SharedArrayBuffer).set(bytes);
  for (const [name, source] of Object.entries(sources)) {
    t.strictSame(await weights(await loadAnywhere(source)), expected, name);
  }
  for (const source of [path, pathToFileURL(path), bytes, `${address}example.safetensors`]) {
    t.strictSame(
      await weights(await loadModel(source, { sha256: hash.toUpperCase() })),
      expected,
      String(source).slice(0, 20),
    );
  }
});

t.test('what cannot be read is told with what to do', async t => {
  const { address } = await served(t);
  const told = async (source: ModelSource, message: string) =>
    t.equal(await rejectionOf(loadAnywhere(source)), message);
  await told(
    `${address}missing`,
    `FileError: ${address}missing cannot be read: the server answers 404 Not Found; check the address`,
  );
  await told(
    'model.safetensors',
    'OptionError: loadModel: "model.safetensors" is no address; for the path of a file use loadModel of "inkling/node"',
  );
  t.match(
    await rejectionOf(loadAnywhere('http://127.0.0.1:1/x')),
    /^FileError: http:\/\/127\.0\.0\.1:1\/x cannot be read: .+; check the address and the connection$/,
  );
  await told(
    7 as never,
    'OptionError: loadModel: expected an address, a File, a Response, a stream or the bytes of a file, got 7',
  );
  await told([] as never, 'OptionError: loadModel: expected the files of one model, got []');
  await told(
    [new File([blob], 'a.bin'), new File([blob], 'b.bin')],
    'OptionError: loadModel: of several files one must be the .json that names the others, got a.bin, b.bin',
  );
  const used = new Response(blob);
  await used.arrayBuffer();
  await told(used, 'OptionError: model: the response was read already; give loadModel a new one');
  const broken = new ReadableStream<Uint8Array>({
    pull: controller => controller.error(new Error('the line is cut')),
  });
  await told(broken, 'FileError: model cannot be read: the line is cut; try again');
  t.equal(
    await rejectionOf(loadModel('/nowhere/model.keras')),
    'FileError: /nowhere/model.keras cannot be read: there is no such file; check the path',
  );
});

t.test('content that is no model is told for what it is', async t => {
  const text = (content: string) => new TextEncoder().encode(content);
  const pickle =
    'it is a Python pickle, which is code and is never run here; save the weights as safetensors in Python, and load them by loadStateDict';
  const contents: readonly [Uint8Array, string][] = [
    [text(''), 'it is empty'],
    [text('\n<!doctype html>'), 'it is a web page; check the address, or whether the server has the file'],
    [
      text('version https://git-lfs.github.com/spec/v1\noid sha256:1'),
      'it is a pointer of Git LFS in place of the file; fetch the file by "git lfs pull"',
    ],
    [Uint8Array.of(0x80, 2, 0x8a, 0x0a), pickle],
    [writeZip({ 'net/data.pkl': text('') }), pickle],
    [Uint8Array.of(0x1f, 0x8b, 8), 'it is compressed by gzip; unpack it first'],
  ];
  for (const [content, advice] of contents) {
    t.equal(
      await rejectionOf(loadAnywhere(content, { file: 'x' })),
      `FormatError: x: no format of models begins like this file: ${advice}`,
    );
  }
  t.match(
    await rejectionOf(loadAnywhere(text('hello there'))),
    /^FormatError: model: no format of models begins like this file: expected one of "inkling"/,
  );
});

t.test('the size is bounded, and a download stops', async t => {
  const most = 'expected at most 100; give { mostBytes } for more';
  for (const source of [blob, blob.stream(), new Response(blob)]) {
    t.match(
      await rejectionOf(loadAnywhere(source, { mostBytes: 100 })),
      /^FormatError: model: it has \d+ bytes, expected at most 100; give \{ mostBytes \} for more$/,
      most,
    );
  }
  let isCancelled = false;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: controller => controller.enqueue(new Uint8Array(1000)),
      cancel: () => {
        isCancelled = true;
      },
    });
  t.match(
    await rejectionOf(loadAnywhere(endless(), { mostBytes: 100_000 })),
    /^FormatError: model: it has 101000 bytes/,
  );
  t.ok(isCancelled, 'the stream is let go');
  isCancelled = false;
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const aborted = loadAnywhere(
    new ReadableStream<Uint8Array>({
      pull: () => new Promise(() => undefined),
      cancel: () => {
        isCancelled = true;
      },
    }),
    { signal: controller.signal },
  );
  t.match(await rejectionOf(aborted), /^AbortError/);
  t.ok(isCancelled, 'a stream that waits is let go');
});

t.test('options are checked', async t => {
  const told = async (options: object, message: string | RegExp) =>
    t.match(await rejectionOf(loadAnywhere(bytes, options)), message);
  await told({ formats: 'x' }, 'OptionError: unknown option of loadModel "formats": did you mean "format"?');
  await told({ format: 'inklink' }, 'OptionError: unknown format "inklink": did you mean "inkling"?');
  await told({ format: 7 }, /^OptionError: format must be one of "inkling".*, got 7$/);
  await told({ sha256: 'abc' }, 'OptionError: loadModel: sha256 must be 64 hexadecimal digits, got "abc"');
  await told({ mostBytes: 0 }, 'OptionError: loadModel: mostBytes must be an integer of 1 or more, got 0');
  await told(
    { sha256: '0'.repeat(64), file: 'x' },
    `FormatError: x: its content has the SHA-256 ${hash}, expected 000`,
  );
});

t.test('a browser keeps what was fetched by its content', async t => {
  const { address, asked } = await served(t);
  const kept = new Map<string, Response>();
  const storage = {
    open: async () => ({
      match: async (key: string) => kept.get(key)?.clone(),
      put: async (key: string, response: Response) => void kept.set(key, response),
    }),
  };
  Object.defineProperty(globalThis, 'caches', { value: storage, configurable: true });
  t.teardown(() => Reflect.deleteProperty(globalThis, 'caches'));
  for (let i = 0; i < 3; i++) {
    const model = await loadAnywhere(`${address}example.safetensors`, { sha256: hash });
    t.strictSame(await weights(model), expected);
  }
  t.equal(asked(), 1, 'fetched once');
  t.strictSame(await weights(await loadAnywhere('http://127.0.0.1:1/elsewhere', { sha256: hash })), expected);
  t.strictSame([...kept.keys()], [`https://models.invalid/sha256/${hash}`]);
  kept.set(`https://models.invalid/sha256/${hash}`, new Response('something else'));
  t.match(
    await rejectionOf(loadAnywhere(`${address}example.safetensors`, { sha256: hash })),
    /^FormatError: .*example\.safetensors: its content has the SHA-256 /,
  );
});

t.test('assertInput and assertOutput hold at run time', async t => {
  const model = (await loadAnywhere(bytes)).assertInput([3]).assertOutput([2]);
  t.strictSame([model.inputShape, model.outputShape], [[3], [2]]);
  t.equal(
    errorOf(() => (model as Sequential).assertInput([4])),
    "ShapeError: assertInput: the model's input is [3], not [4]",
  );
});

t.test('inkling-types writes what the compiler reads, and checks it', async t => {
  const path = await folder(t);
  await writeFile(join(path, 'example.safetensors'), bytes);
  const command = join(import.meta.dirname, '../../lib/bin/inkling-types.ts');
  const run = (...args: string[]) =>
    runCommand(path, 'node', `--import=${import.meta.resolve('tsx')}`, command, ...args).catch(({ stderr }) => stderr);
  t.equal(
    await run('--check', 'example.safetensors'),
    'example.d.safetensors.ts is missing or old; run inkling-types example.safetensors\n',
  );
  t.equal(await run('example.safetensors'), 'written: example.d.safetensors.ts\n');
  t.equal(
    await readFile(join(path, 'example.d.safetensors.ts'), 'utf8'),
    `// Written by inkling-types: do not edit.
import type { ModelFile } from 'inkling/formats';

declare const file: ModelFile<[3], [2]>;
export default file;

declare module 'inkling/formats' {
  interface ModelFiles {
    "example.safetensors": ModelFile<[3], [2]>;
    "./example.safetensors": ModelFile<[3], [2]>;
  }
}
`,
  );
  t.equal(await run('--check', 'example.safetensors'), '');
  t.equal(await run('missing.keras'), 'missing.keras cannot be read: there is no such file; check the path\n');
  t.match(await run('--help'), /^inkling-types FILE\.\.\./);
});

t.test('a model is saved in the format that the name tells', async t => {
  const path = join(await folder(t), 'named');
  t.match(
    await rejectionOf(saveModel(example(), path)),
    /^OptionError: saveModel: the name "named" tells no format; end the name with ".safetensors".*, or give \{ format \}: "inkling"/,
  );
  await saveModel(example(), path, { format: 'inkling' });
  t.strictSame(new Uint8Array(await readFile(path)), bytes, 'the bytes of encodeModel');
  t.strictSame(await readdir(join(path, '..')), ['named']);
  const files = await encodeFiles(example(), 'example.SAFETENSORS');
  t.strictSame(files, { 'example.SAFETENSORS': bytes });
  t.equal(await rejectionOf(saveModel({} as never, path)), 'OptionError: saveModel: expected a model, got {}');
});
