import t from 'tap';
import type { Ops } from '../../lib/index.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops as Operations } from '../../lib/plan/ops.ts';

/** Every operation that the types tell; the compiler sees to it that none is missing here, and none too many. */
const told: { readonly [K in Exclude<keyof Ops, 'training'>]: true } = {
  abs: true,
  add: true,
  affine: true,
  argmax: true,
  argmin: true,
  assign: true,
  averagePool2d: true,
  bias: true,
  binaryAccuracy: true,
  binaryCrossEntropy: true,
  broadcastTo: true,
  cast: true,
  categoricalAccuracy: true,
  clip: true,
  concat: true,
  conv2d: true,
  crossEntropy: true,
  divide: true,
  dropout: true,
  elu: true,
  equal: true,
  exp: true,
  expandDims: true,
  fill: true,
  floor: true,
  gather: true,
  greater: true,
  greaterEqual: true,
  leakyRelu: true,
  less: true,
  lessEqual: true,
  localResponseNormalization: true,
  log: true,
  matmul: true,
  max: true,
  maxPool2d: true,
  maximum: true,
  mean: true,
  meanSquaredError: true,
  min: true,
  minimum: true,
  multiply: true,
  negate: true,
  notEqual: true,
  oneHot: true,
  pad: true,
  pow: true,
  randomNormal: true,
  randomUniform: true,
  relu: true,
  reshape: true,
  sigmoid: true,
  sigmoidBinaryCrossEntropy: true,
  sign: true,
  slice: true,
  softmax: true,
  softmaxCrossEntropy: true,
  split: true,
  sqrt: true,
  square: true,
  squeeze: true,
  stack: true,
  stopGradient: true,
  subtract: true,
  sum: true,
  tanh: true,
  transpose: true,
  where: true,
};

/** What the plan uses for itself. */
const inner = new Set(['constructor', 'matrixProduct']);
const hidden = new Set(['crop', 'elementwise', 'broadcast', 'rows', 'emit', 'insert']);

t.test('the operations that the types tell are those that there are', async t => {
  const ops = new Operations(new Graph(), { training: false });
  const found = new Set<string>();
  for (let each: object = Object.getPrototypeOf(ops); each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each)) if (!inner.has(name) && !hidden.has(name)) found.add(name);
  }
  t.same([...found].sort(), Object.keys(told).sort());
});
