import t from 'tap';
import type { Ops } from '../../lib/index.ts';
import { FormulaOps } from '../../lib/plan/generated/ops.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops as Operations } from '../../lib/plan/ops.ts';
import { type Equal, same } from '../types/fixtures/equal.ts';

/** None is without types; those that are formulas have theirs from their formula. */
same<Equal<Exclude<keyof FormulaOps, keyof Ops>, 'graph'>>();
/** Every other operation; the compiler sees to it that none is missing here, and none too many. */
const told: { readonly [K in Exclude<keyof Ops, keyof FormulaOps>]: true } = {
  argmax: true,
  argmin: true,
  assign: true,
  assignMovingAverage: true,
  averagePool2d: true,
  batchNormalization: true,
  bias: true,
  broadcastTo: true,
  cast: true,
  celu: true,
  concat: true,
  constant: true,
  conv2d: true,
  conv2dTranspose: true,
  depthwiseConv2d: true,
  dropout: true,
  expandDims: true,
  gather: true,
  glu: true,
  groupNormalization: true,
  hardShrink: true,
  hardSigmoid: true,
  hardTanh: true,
  layerNormalization: true,
  localResponseNormalization: true,
  logSigmoid: true,
  logitsOf: true,
  matmul: true,
  max: true,
  maxPool2d: true,
  mean: true,
  min: true,
  mish: true,
  normalizeBy: true,
  oneHot: true,
  pad: true,
  randomNormal: true,
  randomUniform: true,
  resample: true,
  reshape: true,
  resize: true,
  rmsNormalization: true,
  scaleShift: true,
  selu: true,
  slice: true,
  softShrink: true,
  softsign: true,
  sparsePlus: true,
  sparseSigmoid: true,
  split: true,
  squareplus: true,
  squeeze: true,
  stack: true,
  segmentSum: true,
  stopGradient: true,
  sum: true,
  tanhShrink: true,
  threshold: true,
  transpose: true,
  where: true,
};

/** What the plan uses for itself. */
const inner = new Set(['constructor', 'matrixProduct']);
const hidden = new Set(['crop', 'elementwise', 'broadcast', 'rows', 'alongLast', 'emit', 'insert']);

t.test('the operations that the types tell are those that there are', async t => {
  const ops = new Operations(new Graph(), { training: false });
  const found = new Set<string>();
  const formulas = new Set(Object.getOwnPropertyNames(FormulaOps.prototype));
  for (let each: object = Object.getPrototypeOf(ops); each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each)) {
      if (!inner.has(name) && !hidden.has(name) && !formulas.has(name)) found.add(name);
    }
  }
  t.same([...found].sort(), Object.keys(told).sort());
});
