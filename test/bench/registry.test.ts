import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { findInstalled, peersFolder } from '../../bench/peers/installed.ts';
import { choosePeers, type Installed } from '../../bench/peers/registry.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const everything: Installed = {
  python: { torch: '2.13.0', keras: '3.15.1', tensorflow: '2.21.0', onnx: '1.23.1' },
  npm: { 'onnxruntime-node': '1.30.0', '@tensorflow/tfjs': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0' },
};
const namesOf = (installed: Installed, names?: string[]): string[] =>
  choosePeers('/p', installed, names).chosen.map(peer => peer.name);

t.test('all that is installed, the slowest only if it is named', async t => {
  t.same(namesOf(everything), ['torch', 'keras', 'onnxruntime-node', 'tfjs-wasm']);
  t.same(namesOf(everything, ['tfjs-cpu', 'torch']), ['torch', 'tfjs-cpu']);
  t.equal(
    errorOf(() => choosePeers('/p', everything, ['jax'])),
    'RangeError: --peer jax: unknown; there are: torch, keras, onnxruntime-node, tfjs-wasm, tfjs-cpu',
  );
});

t.test('what is missing is left out, with the command that installs it', async t => {
  t.same(choosePeers('/p', { python: { torch: '2', keras: '3' }, npm: {} }, undefined).leftOut, [
    'Keras is left out: /p/venv has no tensorflow_cpu; install it with: /p/venv/bin/pip install tensorflow_cpu',
    'onnxruntime-node is left out: /p/venv has no onnx; install it with: /p/venv/bin/pip install onnx',
    'TensorFlow.js WASM is left out: /p has no @tensorflow/tfjs @tensorflow/tfjs-backend-wasm; install it with: npm install --prefix /p @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
  ]);
  t.same(namesOf({ ...everything, npm: {} }), ['torch', 'keras']);
  const noPython = choosePeers('/p', { ...everything, python: undefined }, undefined);
  t.equal(
    noPython.leftOut[0],
    'PyTorch is left out: there is no Python in /p/venv; install it with: python3 -m venv /p/venv && /p/venv/bin/pip install -r bench/peers/requirements.txt',
  );
  t.same(
    noPython.chosen.map(peer => peer.name),
    ['tfjs-wasm'],
  );
});

t.test('the folder of the other libraries', async t => {
  const folder = t.testdir({ node_modules: { 'onnxruntime-node': { 'package.json': '{ "version": "1.30.0" }' } } });
  t.equal(await peersFolder(folder), folder);
  t.same(await findInstalled(folder), { python: undefined, npm: { 'onnxruntime-node': '1.30.0' } });
  const hint = 'expected the folder in which the other libraries are installed, see bench/peers/README.md';
  const missing = join(folder, 'missing');
  t.equal(await rejectionOf(peersFolder(missing)), `RangeError: --peers ${missing}: there is nothing; ${hint}`);
  const file = join(folder, 'file');
  await writeFile(file, '');
  t.equal(await rejectionOf(peersFolder(file)), `RangeError: --peers ${file}: this is a file; ${hint}`);
});
