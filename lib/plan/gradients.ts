import type { ForwardKernelName } from '../../kernels/contract.ts';
import { InklingError } from '../errors.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { flatKernels, formulaRules } from './generated/gradients.ts';
import { gradientOps, type Rules } from './gradient-rules.ts';
import { type Call, type Graph, originOf, type Value } from './graph.ts';

/** The one table from which backward is derived: for each forward kernel the calls of its gradient. */
const rules: Rules<ForwardKernelName> = {
  ...formulaRules,
  matmulForward: (graph, { inputs: { a, b }, geometry: { transposeA, transposeB } }, { c: dc }) => {
    const ops = gradientOps(graph);
    return {
      a: transposeA
        ? ops.matrixProduct(b, dc, { transposeA: transposeB, transposeB: true })
        : ops.matrixProduct(dc, b, { transposeB: !transposeB }),
      b: transposeB
        ? ops.matrixProduct(dc, a, { transposeA: true, transposeB: transposeA })
        : ops.matrixProduct(a, dc, { transposeA: !transposeA }),
    };
  },
  conv2dForward: (graph, { inputs: { x, w }, geometry }, { y: dy }) => ({
    x: graph.emit('conv2dBackwardInput', { dx: x.shape }, { dy, w }, geometry).dx,
    w: graph.emit('conv2dBackwardFilter', { dw: w.shape }, { x, dy }, geometry).dw,
  }),
  conv2dTransposeForward: (graph, { inputs: { x, w }, geometry }, { y: dy }) => ({
    x: graph.emit('conv2dForward', { y: x.shape }, { x: dy, w }, geometry).y,
    w: graph.emit('conv2dBackwardFilter', { dw: w.shape }, { x: dy, dy: x }, geometry).dw,
  }),
  biasForward: (graph, { inputs: { b }, geometry }, { y: dy }) => ({
    x: dy,
    b: graph.emit('biasBackward', { db: b.shape }, { dy }, geometry).db,
  }),
  maxPool2dForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => ({
    x: graph.emit('maxPool2dBackward', { dx: x.shape }, { dy, x, y }, geometry).dx,
  }),
  averagePool2dForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('averagePool2dBackward', { dx: x.shape }, { dy }, geometry).dx,
  }),
  // The mask is drawn again from the same counters, so nothing has to be kept.
  dropoutForward: (graph, { inputs: { x, random, rate }, geometry }, { y: dy }) => ({
    x: graph.emit('dropoutForward', { y: x.shape }, { x: dy, random, rate }, geometry).y,
  }),
  localResponseNormalizationForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => ({
    x: graph.emit('localResponseNormalizationBackward', { dx: x.shape }, { dy, x, y }, geometry).dx,
  }),
  normalizationForward: (graph, { inputs: { x, gamma, beta }, outputs: { mean, variance }, geometry }, { y: dy }) => {
    const shapes = { dx: x.shape, dgamma: gamma.shape, dbeta: beta.shape };
    const d = graph.emit('normalizationBackward', shapes, { dy, x, mean, variance, gamma }, geometry);
    return { x: d.dx, gamma: d.dgamma, beta: d.dbeta };
  },
  scaleShiftForward: (graph, { inputs: { x, scale, shift }, geometry }, { y: dy }) => {
    const ops = gradientOps(graph);
    const [rows, columns] = [geometry.rows, geometry.columns];
    const matrix = ops.reshape(dy, [rows, columns]);
    return {
      x: ops.multiply(matrix, scale),
      scale: ops.sum(ops.multiply(matrix, ops.reshape(x, [rows, columns])), [0]),
      shift: graph.emit('biasBackward', { db: shift.shape }, { dy }, geometry).db,
    };
  },
  sumForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('broadcastForward', { y: x.shape }, { x: dy }, geometry).y,
  }),
  broadcastForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('sumForward', { y: x.shape }, { x: dy }, geometry).y,
  }),
  transposeForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    // Axis i of y is the axis of x with the same stride; among axes of size 1 with equal strides the order is free.
    const order = axesByStride(geometry.strides, geometry.shape);
    return {
      x: gradientOps(graph).reshape(gradientOps(graph).transpose(dy, order), x.shape),
    };
  },
  maxForward: extremeRule,
  minForward: extremeRule,
  insertForward: (graph, { inputs: { base, x }, geometry }, { y: dy }) => {
    const zeros = gradientOps(graph).fill(x.shape, 0);
    return {
      base: graph.emit('insertForward', { y: base.shape }, { base: dy, x: zeros }, geometry).y,
      x: graph.emit('cropForward', { y: x.shape }, { x: dy }, geometry).y,
    };
  },
  gatherForward: (graph, { inputs: { x, indices }, geometry }, { y: dy }) => ({
    x: graph.emit('gatherBackward', { dx: x.shape }, { dy, indices }, geometry).dx,
  }),
  resizeForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('resizeBackward', { dx: x.shape }, { dy }, geometry).dx,
  }),
  resampleForward: (graph, { inputs: { x, matrix, shift }, geometry }, { y: dy }) => ({
    x: graph.emit('resampleBackward', { dx: x.shape }, { dy, matrix, shift }, geometry).dx,
  }),
  cropForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('padForward', { y: x.shape }, { x: dy }, geometry).y,
  }),
  padForward: (graph, { inputs: { x }, geometry }, { y: dy }) => ({
    x: graph.emit('cropForward', { y: x.shape }, { x: dy }, geometry).y,
  }),
};

/** dy, in equal shares, to all elements that equal the largest or the smallest, as in TensorFlow. */
function extremeRule(
  graph: Graph,
  { inputs: { x }, outputs: { y }, geometry }: Call<'maxForward' | 'minForward'>,
  { y: dy }: { readonly y: Value },
): { readonly x: Value } {
  const ops = gradientOps(graph);
  const spread = (value: Value) => graph.emit('broadcastForward', { y: x.shape }, { x: value }, geometry).y;
  const chosen = ops.equal(x, spread(y));
  const count = graph.emit('sumForward', { y: y.shape }, { x: chosen }, geometry).y;
  return { x: ops.multiply(chosen, spread(ops.divide(dy, count))) };
}

/** Axes of a transposed tensor, in the order in which they lie in the original: by falling stride. */
function axesByStride(strides: readonly number[], shape: Shape): number[] {
  const axes = strides.map((_, axis) => axis);
  return axes.sort((a, b) => strides[b]! - strides[a]! || shape[a]! - shape[b]!);
}

/**
 * Emits the gradient of the scalar `loss` with respect to each of `parameters`, walking the calls backward.
 * Gradients of a value with several readers are added in the order of the walk.
 */
export function emitGradients(graph: Graph, loss: Value, parameters: readonly Value[]): Map<Value, Value> {
  const dependent = dependentsOf(graph, parameters);
  const forward = [...graph.calls];
  const gradients = new Map<Value, Value>();
  graph.label = 'loss';
  gradients.set(originOf(loss), graph.emit('fill', { y: loss.shape }, {}, { size: sizeOf(loss.shape), value: 1 }).y);
  for (const call of forward.reverse()) {
    const outputs = Object.entries(call.outputs);
    // An update: the gradient of a parameter that a layer writes is that of what it holds behind that.
    if (outputs.every(([, value]) => value.role === 'variable')) continue;
    if (!outputs.some(([, value]) => gradients.has(value) && dependent.has(value))) continue;
    graph.label = call.label;
    const d = Object.fromEntries(
      outputs.flatMap(([name, value]) => {
        const gradient = gradients.get(value);
        return gradient === undefined ? [] : [[name, gradient]];
      }),
    );
    for (const [name, gradient] of Object.entries(ruleOf(call.kernel, d)(graph, call, d))) {
      const input = call.inputs[name];
      if (input === undefined || gradient === undefined || !carries(input, dependent)) continue;
      accumulate(graph, gradients, originOf(input), gradient);
    }
  }
  return new Map(parameters.map(parameter => [parameter, gradientOf(gradients, parameter)]));
}

function accumulate(graph: Graph, gradients: Map<Value, Value>, input: Value, gradient: Value): void {
  const shaped = (value: Value) => graph.view(value, input.shape);
  const sofar = gradients.get(input);
  const ops = gradientOps(graph);
  gradients.set(input, sofar === undefined ? shaped(gradient) : ops.add(sofar, shaped(gradient)));
}

function gradientOf(gradients: Map<Value, Value>, parameter: Value): Value {
  const gradient = gradients.get(parameter);
  if (gradient === undefined) {
    throw new InklingError(
      `the loss does not depend on the parameter ${parameter.name}: use it in forward, or declare it trainable: false`,
    );
  }
  return gradient;
}

/** All values that depend on one of `sources`: only these need a gradient. */
function dependentsOf(graph: Graph, sources: readonly Value[]): Set<Value> {
  const dependent = new Set(sources);
  for (const call of graph.calls) {
    if (flatKernels.includes(call.kernel)) continue;
    if (!Object.values(call.inputs).some(input => carries(input, dependent))) continue;
    for (const output of Object.values(call.outputs)) dependent.add(output);
  }
  return dependent;
}

/** Whether a gradient flows through an operand. */
const carries = (input: Value, dependent: ReadonlySet<Value>): boolean =>
  input.stopsGradient !== true && dependent.has(originOf(input));

type AnyRule = (
  graph: Graph,
  call: { readonly inputs: { readonly [name: string]: Value } },
  d: { readonly [name: string]: Value },
) => { readonly [name: string]: Value | undefined };

/** The rule of a kernel, with the type of its call forgotten: the table and the call agree by construction. */
function ruleOf(kernel: string, d: { readonly [name: string]: Value }): AnyRule {
  const rule = (rules as { readonly [kernel: string]: unknown })[kernel] as AnyRule | undefined;
  if (rule === undefined)
    throw new InklingError(`${kernel} has no gradient, and the loss depends on a parameter through it`);
  if ('probabilities' in d) {
    throw new InklingError(`${kernel}: the loss depends on the probabilities as well as on the loss; use logits`);
  }
  return rule;
}
