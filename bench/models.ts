/** The models whose shapes are measured, and the kernel calls of a training step of each. */
import type { GeometryOf, InputName, KernelName, OutputName } from '../kernels/contract.ts';
import { conv2dGeometry, window2dGeometry } from '../kernels/geometry.ts';

type LayerSpec =
  | {
      readonly type: 'conv2d';
      readonly filters: number;
      readonly kernelSize: number;
      readonly padding: 'valid' | 'same';
    }
  | { readonly type: 'maxPool2d' | 'averagePool2d' | 'relu' | 'localResponse' | 'flatten' | 'dropout' }
  | { readonly type: 'dense'; readonly units: number };

/** A kernel call by the sizes of its operands. */
export interface KernelCall<K extends KernelName = KernelName> {
  readonly kernel: K;
  readonly geometry: GeometryOf<K>;
  readonly outputs: { readonly [O in OutputName<K>]: number };
  readonly inputs: { readonly [I in InputName<K>]: number };
}
/** A call of some kernel, its parts belonging together. */
export type AnyKernelCall = { readonly [K in KernelName]: KernelCall<K> }[KernelName];

/** A layer's calls: forward, and then the gradients, which may read the operands of the forward call by name. */
export interface LayerCalls {
  /** Model, layer and shapes, such as `D conv2 5x5 24>64 14x14`. */
  readonly name: string;
  readonly forward: AnyKernelCall;
  readonly backward: readonly AnyKernelCall[];
}

type Shape = readonly [number, number, number, number];

const conv = (filters: number, kernelSize: number, padding: 'valid' | 'same' = 'same'): LayerSpec => ({
  type: 'conv2d',
  filters,
  kernelSize,
  padding,
});
const dense = (units: number): LayerSpec => ({ type: 'dense', units });
const relu: LayerSpec = { type: 'relu' };
const maxPool: LayerSpec = { type: 'maxPool2d' };
const averagePool: LayerSpec = { type: 'averagePool2d' };
const localResponse: LayerSpec = { type: 'localResponse' };
const dropout: LayerSpec = { type: 'dropout' };
const flatten: LayerSpec = { type: 'flatten' };

/**
 * 28x28x1 in, 10 classes out. A and B: one convolution of 32 or 30 filters. C: four convolutions. D: AlexNet at a
 * quarter of its width, with the two kernels measured beside it that its usual form leaves out (`D'`).
 */
export const models: { readonly [name: string]: readonly LayerSpec[] } = {
  A: [conv(32, 3, 'valid'), relu, maxPool, flatten, dense(128), relu, dense(10)],
  B: [conv(30, 3, 'valid'), relu, maxPool, flatten, dense(128), relu, dense(64), relu, dense(10)],
  C: [
    ...[conv(32, 5), relu, conv(32, 5), relu, maxPool, dropout],
    ...[conv(64, 3), relu, conv(64, 3), relu, maxPool, dropout],
    ...[flatten, dense(256), relu, dropout, dense(10)],
  ],
  D: [
    ...[conv(24, 3), relu, maxPool, conv(64, 5), relu, maxPool],
    ...[conv(96, 3), relu, conv(96, 3), relu, conv(64, 3), relu, maxPool],
    ...[flatten, dense(1024), relu, dropout, dense(1024), relu, dropout, dense(10)],
  ],
  "D'": [conv(24, 3), localResponse, averagePool, flatten, dense(10)],
};

const length = (shape: Shape): number => shape[0] * shape[1] * shape[2] * shape[3];

/** Checks one call, and hides which kernel it is. */
function call<K extends KernelName>(
  kernel: K,
  geometry: GeometryOf<K>,
  outputs: KernelCall<K>['outputs'],
  inputs: KernelCall<K>['inputs'],
): AnyKernelCall {
  return { kernel, geometry, outputs, inputs } as AnyKernelCall;
}

/** The calls of a training step of a model, without biases (which cost next to nothing) and without repetitions. */
export function trainingCalls(model: string, batchSize: number): LayerCalls[] {
  const calls: LayerCalls[] = [];
  const counts: { [type: string]: number } = {};
  let shape: Shape = [batchSize, 28, 28, 1];
  let parameters = 0;
  for (const layer of models[model]!) {
    counts[layer.type] = (counts[layer.type] ?? 0) + 1;
    const step = layerCalls(layer, shape);
    if (step.forward) {
      calls.push({ ...step, forward: step.forward, name: `${model} ${layer.type}${counts[layer.type]} ${step.name}` });
    }
    parameters += step.parameters ?? 0;
    shape = step.shape;
  }
  const classes = shape[3];
  calls.push({ ...softmaxCrossEntropy(batchSize, classes), name: `${model} loss ${classes} classes` });
  calls.push({ ...adam(parameters), name: `${model} adam ${parameters} weights` });
  return calls;
}

interface Step {
  readonly name: string;
  readonly shape: Shape;
  readonly parameters?: number;
  readonly forward?: AnyKernelCall;
  readonly backward: readonly AnyKernelCall[];
}

function layerCalls(layer: LayerSpec, shape: Shape): Step {
  const [n, h, w, c] = shape;
  const size = length(shape);
  switch (layer.type) {
    case 'conv2d':
      return convolution(shape, layer.filters, layer.kernelSize, layer.padding);
    case 'maxPool2d':
    case 'averagePool2d':
      return pooling(layer.type, shape);
    case 'dense':
      return product(n, c, layer.units);
    case 'relu': {
      const forward = call('reluForward', { size }, { y: size }, { x: size });
      return {
        name: `${size}`,
        shape,
        forward,
        backward: [call('reluBackward', { size }, { dx: size }, { dy: size, y: size })],
      };
    }
    case 'dropout': {
      const forward = call('dropoutForward', { size, rate: 0.5, stream: 0 }, { y: size }, { x: size, random: 4 });
      return { name: `${size}`, shape, forward, backward: [] };
    }
    case 'localResponse': {
      const g = { rows: n * h * w, columns: c, depthRadius: 2, bias: 2, alpha: 1e-4, beta: 0.75 };
      const forward = call('localResponseNormalizationForward', g, { y: size }, { x: size });
      const inputs = { dy: size, x: size, y: size };
      const backward = [call('localResponseNormalizationBackward', g, { dx: size }, inputs)];
      return { name: `${h}x${w}x${c}`, shape, forward, backward };
    }
    case 'flatten':
      return { name: '', shape: [n, 1, 1, h * w * c], backward: [] };
  }
}

function convolution(shape: Shape, filters: number, window: number, padding: 'valid' | 'same'): Step {
  const [n, h, w, c] = shape;
  const g = conv2dGeometry(shape, filters, { window: [window, window], strides: [1, 1], dilation: [1, 1], padding });
  const output: Shape = [n, g.p, g.q, filters];
  const [x, y, weights] = [length(shape), length(output), window * window * c * filters];
  return {
    name: `${window}x${window} ${c}>${filters} ${h}x${w}`,
    shape: output,
    parameters: weights + filters,
    forward: call('conv2dForward', g, { y }, { x, w: weights }),
    backward: [
      call('conv2dBackwardInput', g, { dx: x }, { dy: y, w: weights }),
      call('conv2dBackwardFilter', g, { dw: weights }, { x, dy: y }),
    ],
  };
}

function product(m: number, k: number, n: number): Step {
  const straight = { transposeA: false, transposeB: false };
  return {
    name: `${k}>${n}`,
    shape: [m, 1, 1, n],
    parameters: k * n + n,
    forward: call('matmulForward', { m, n, k, ...straight }, { c: m * n }, { a: m * k, b: k * n }),
    backward: [
      call('matmulForward', { m, n: k, k: n, ...straight, transposeB: true }, { c: m * k }, { a: m * n, b: k * n }),
      call('matmulForward', { m: k, n, k: m, ...straight, transposeA: true }, { c: k * n }, { a: m * k, b: m * n }),
    ],
  };
}

function pooling(type: 'maxPool2d' | 'averagePool2d', shape: Shape): Step {
  const [n, h, w, c] = shape;
  const g = window2dGeometry(shape, { window: [2, 2], strides: [2, 2], dilation: [1, 1], padding: 'valid' });
  const output: Shape = [n, g.p, g.q, c];
  const [x, y] = [length(shape), length(output)];
  const name = `2x2 ${h}x${w}x${c}`;
  if (type === 'averagePool2d') {
    const backward = [call('averagePool2dBackward', g, { dx: x }, { dy: y })];
    return { name, shape: output, forward: call('averagePool2dForward', g, { y }, { x }), backward };
  }
  const backward = [call('maxPool2dBackward', g, { dx: x }, { dy: y, x, y })];
  return { name, shape: output, forward: call('maxPool2dForward', g, { y }, { x }), backward };
}

function softmaxCrossEntropy(rows: number, columns: number): Omit<LayerCalls, 'name'> {
  const g = { rows, columns };
  const size = rows * columns;
  const outputs = { loss: rows, probabilities: size };
  const inputs = { dloss: rows, probabilities: size, targets: size };
  return {
    forward: call('softmaxCrossEntropyForward', g, outputs, { logits: size, targets: size }),
    backward: [call('softmaxCrossEntropyBackward', g, { dlogits: size }, inputs)],
  };
}

function adam(size: number): Omit<LayerCalls, 'name'> {
  const g = { size, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
  return { forward: call('adamUpdate', g, { w: size, m: size, v: size }, { dw: size, rate: 1 }), backward: [] };
}
