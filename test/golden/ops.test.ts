/** The kernels of the loops backend against PyTorch and Keras: outputs and gradients. */
import t from 'tap';
import type { GeometryOf, InputViews, KernelName, OutputViews } from '../../kernels/contract.ts';
import { conv2dGeometry, type WindowOptions, window2dGeometry } from '../../kernels/geometry.ts';
import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import { adam, type Optimizer, rmsprop, sgd } from '../../lib/index.ts';
import { hyperVector } from '../../lib/optimizers/optimizer.ts';
import { type AnyCall, Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { testVariable } from '../run-graph.ts';
import { GoldenCase, type GoldenFile, readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';

type Results = { readonly [name: string]: Float32Array };
type Runner = (golden: GoldenCase) => Results;

/** Runs a kernel into outputs that hold garbage before, as an arena does. */
function run<K extends KernelName>(
  name: K,
  outputs: OutputViews<K>,
  inputs: InputViews<K>,
  geometry: GeometryOf<K>,
): OutputViews<K> {
  const scratch = new Float64Array(Math.ceil((loopsScratchBytes[name]?.(geometry) ?? 0) / 8)).fill(Number.NaN);
  loops[name](outputs, inputs, geometry, scratch);
  return outputs;
}

const garbage = (size: number): Float32Array => new Float32Array(size).fill(Number.NaN);

function windowOptions({ options }: GoldenCase, window = options.window!): WindowOptions {
  const { strides = [1, 1], dilation = [1, 1], padding = 'valid' } = options;
  return { window, strides, dilation, padding };
}

function conv2d(golden: GoldenCase): Results {
  const [r = 0, s = 0, , filters = 0] = golden.shape('w');
  const geometry = conv2dGeometry(golden.images('x'), filters, windowOptions(golden, [r, s]));
  const [x, w, b, dy] = ['x', 'w', 'b', 'dy'].map(name => golden.float32(name)) as Operands;
  const rows = { rows: dy.length / filters, columns: filters };
  const { y } = run('conv2dForward', { y: garbage(dy.length) }, { x, w }, geometry);
  return {
    ...run('biasForward', { y }, { x: y, b }, rows),
    ...run('conv2dBackwardInput', { dx: garbage(x.length) }, { dy, w }, geometry),
    ...run('conv2dBackwardFilter', { dw: garbage(w.length) }, { x, dy }, geometry),
    ...run('biasBackward', { db: garbage(filters) }, { dy }, rows),
  };
}
type Operands = [Float32Array, Float32Array, Float32Array, Float32Array];

function dense(golden: GoldenCase): Results {
  const [x, w, b, dy] = ['x', 'w', 'b', 'dy'].map(name => golden.float32(name)) as Operands;
  const { rows: m, columns: k } = golden.rows('x');
  const n = b.length;
  const matmul = (a: Float32Array, b: Float32Array, sizes: { m: number; n: number; k: number }, transposed = '') =>
    run(
      'matmulForward',
      { c: garbage(sizes.m * sizes.n) },
      { a, b },
      { ...sizes, transposeA: transposed === 'a', transposeB: transposed === 'b' },
    ).c;
  const y = matmul(x, w, { m, n, k });
  return {
    ...run('biasForward', { y }, { x: y, b }, { rows: m, columns: n }),
    dx: matmul(dy, w, { m, n: k, k: n }, 'b'),
    dw: matmul(x, dy, { m: k, n, k: m }, 'a'),
    ...run('biasBackward', { db: garbage(n) }, { dy }, { rows: m, columns: n }),
  };
}

function maxPool2d(golden: GoldenCase): Results {
  const geometry = window2dGeometry(golden.images('x'), windowOptions(golden));
  const x = golden.float32('x');
  const dy = golden.float32('dy');
  const { y } = run('maxPool2dForward', { y: garbage(dy.length) }, { x }, geometry);
  return { y, ...run('maxPool2dBackward', { dx: garbage(x.length) }, { dy, x, y }, geometry) };
}

function averagePool2d(golden: GoldenCase): Results {
  const geometry = window2dGeometry(golden.images('x'), windowOptions(golden));
  const x = golden.float32('x');
  const dy = golden.float32('dy');
  return {
    ...run('averagePool2dForward', { y: garbage(dy.length) }, { x }, geometry),
    ...run('averagePool2dBackward', { dx: garbage(x.length) }, { dy }, geometry),
  };
}

/** An activation whose gradient is computed from x, y or both: the kernel takes what it reads. */
type ActivationName = 'relu' | 'sigmoid' | 'tanh' | 'leakyRelu' | 'elu';

const activation =
  (name: ActivationName): Runner =>
  golden => {
    const x = golden.float32('x');
    const dy = golden.float32('dy');
    const geometry = { size: x.length, alpha: golden.options.alpha ?? Number.NaN };
    const { y } = run(`${name}Forward`, { y: garbage(x.length) }, { x }, geometry);
    return { y, ...run(`${name}Backward`, { dx: garbage(x.length) }, { dy, x, y }, geometry) };
  };

function softmax(golden: GoldenCase): Results {
  const geometry = golden.rows('x');
  const x = golden.float32('x');
  const dy = golden.float32('dy');
  const { y } = run('softmaxForward', { y: garbage(x.length) }, { x }, geometry);
  return { y, ...run('softmaxBackward', { dx: garbage(x.length) }, { dy, y }, geometry) };
}

function localResponseNormalization(golden: GoldenCase): Results {
  const { depthRadius = 0, bias = 0, alpha = 0, beta = 0 } = golden.options;
  const x = golden.float32('x');
  const dy = golden.float32('dy');
  const columns = golden.shape('x').at(-1)!;
  const geometry = { rows: x.length / columns, columns, depthRadius, bias, alpha, beta };
  const { y } = run('localResponseNormalizationForward', { y: garbage(x.length) }, { x }, geometry);
  return { y, ...run('localResponseNormalizationBackward', { dx: garbage(x.length) }, { dy, x, y }, geometry) };
}

/** Targets as the losses take them: class numbers become one-hot rows. */
function targetsOf(golden: GoldenCase, geometry: { rows: number; columns: number }): Float32Array {
  if (golden.has('targets')) return golden.float32('targets');
  const y = garbage(geometry.rows * geometry.columns);
  return run('oneHot', { y }, { labels: golden.labels('labels') }, geometry).y;
}

const lossFromLogits =
  (name: 'softmaxCrossEntropy' | 'sigmoidBinaryCrossEntropy'): Runner =>
  golden => {
    const geometry = golden.rows('logits');
    const logits = golden.float32('logits');
    const targets = targetsOf(golden, geometry);
    const dloss = golden.float32('dloss');
    const outputs = { loss: garbage(geometry.rows), probabilities: garbage(logits.length) };
    const { loss, probabilities } = run(`${name}Forward`, outputs, { logits, targets }, geometry);
    const inputs = { dloss, probabilities, targets };
    const { dlogits } = run(`${name}Backward`, { dlogits: garbage(logits.length) }, inputs, geometry);
    return { loss, probabilities, dlogits };
  };

const lossFromOutputs =
  (name: 'crossEntropy' | 'binaryCrossEntropy' | 'meanSquaredError'): Runner =>
  golden => {
    const geometry = golden.rows('x');
    const x = golden.float32('x');
    const targets = targetsOf(golden, geometry);
    const dloss = golden.float32('dloss');
    return {
      ...run(`${name}Forward`, { loss: garbage(geometry.rows) }, { x, targets }, geometry),
      ...run(`${name}Backward`, { dx: garbage(x.length) }, { dloss, x, targets }, geometry),
    };
  };

type AnyKernel = (outputs: Results, inputs: Results, geometry: object, scratch: Float64Array) => void;

/** Weights after each of the steps, with Inkling's own defaults where the case leaves an option out. */
function optimizerSteps(golden: GoldenCase): Results {
  const { optimizer: kind, settings = {} } = golden.options;
  const optimizer: Optimizer = { sgd, adam, rmsprop }[kind!](settings);
  const w = golden.float32('w');
  const gradients = golden.float32('dw');
  const graph = new Graph();
  const value = (name: string, size = w.length) => testVariable(graph, name, [size]);
  const slots = Object.fromEntries(Object.keys(optimizer.slots).map(slot => [slot, value(slot)]));
  const operands = { w: value('w'), dw: value('dw'), slots, hyper: value('hyper', optimizer.hyper.length) };
  optimizer.update(new Ops(graph, { training: true }), operands);
  const call = graph.calls[0]!;

  const state = Object.fromEntries(
    Object.entries(optimizer.slots).map(([slot, first]) => [slot, new Float32Array(w.length).fill(first)]),
  );
  const path: number[] = [];
  for (let step = 1; path.length < gradients.length; step++) {
    const dw = gradients.subarray(path.length, path.length + w.length);
    const arrays: Results = { ...state, w, dw, hyper: Float32Array.from(hyperVector(optimizer, step)) };
    const views = (operands: AnyCall['inputs']) =>
      Object.fromEntries(Object.entries(operands).map(([operand, { name }]) => [operand, arrays[name]!]));
    // The call was emitted from the contract, so the operands have the names that the kernel expects.
    (loops[call.kernel] as AnyKernel)(views(call.outputs), views(call.inputs), call.geometry, new Float64Array(0));
    path.push(...w);
  }
  return { w: Float32Array.from(path) };
}

const runners: { readonly [op: string]: Runner } = {
  conv2d,
  dense,
  maxPool2d,
  averagePool2d,
  relu: activation('relu'),
  leakyRelu: activation('leakyRelu'),
  elu: activation('elu'),
  sigmoid: activation('sigmoid'),
  tanh: activation('tanh'),
  softmax,
  localResponseNormalization,
  softmaxCrossEntropy: lossFromLogits('softmaxCrossEntropy'),
  sigmoidBinaryCrossEntropy: lossFromLogits('sigmoidBinaryCrossEntropy'),
  crossEntropy: lossFromOutputs('crossEntropy'),
  binaryCrossEntropy: lossFromOutputs('binaryCrossEntropy'),
  meanSquaredError: lossFromOutputs('meanSquaredError'),
  optimizer: optimizerSteps,
};

const forwardTolerance = 1e-5;
const gradientTolerance = 1e-4;

for (const file of ['ops-torch.json', 'ops-keras.json']) {
  const { source, madeBy, sample, cases } = readGolden<GoldenFile>(file);
  t.test(madeBy, async t => {
    t.same([...uniform('sample', { shape: [4] })], sample, 'draws the inputs that the script drew');
    t.same([...new Set(cases.map(({ op }) => op))].sort(), Object.keys(runners).sort(), 'has cases of every operation');
    for (const record of cases) {
      const results = runners[record.op]!(new GoldenCase(source, record));
      t.same(Object.keys(results).sort(), Object.keys(record.outputs).sort(), `${record.op} ${record.name}`);
      for (const [name, expected] of Object.entries(record.outputs)) {
        const error = relativeError(results[name]!, expected);
        const tolerance = name.startsWith('d') ? gradientTolerance : forwardTolerance;
        t.ok(error <= tolerance, `${record.op} ${record.name}: ${name} is off by ${error}`);
      }
    }
  });
}

t.test('relativeError', async t => {
  t.equal(relativeError([1, 2], [1, 2]), 0);
  t.equal(relativeError([1, 3], [1, 2]), 0.5);
  t.equal(relativeError([4, 0, 1], [4, 0, 0]), 1 / Math.sqrt(16 / 3));
  t.equal(relativeError([1], [0]), Number.POSITIVE_INFINITY);
  t.equal(relativeError([1], [1, 1]), Number.POSITIVE_INFINITY);
  t.ok(Number.isNaN(relativeError([Number.NaN, 1], [1, 1])));
});
