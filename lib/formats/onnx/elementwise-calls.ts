/** Calls that treat all elements alike, as nodes of ONNX. */
import type { AnyCall, Value } from '../../plan/graph.ts';
import type { HeldValues, Order } from './held-values.ts';
import type { Attributes } from './onnx-graph.ts';
import { elementType } from './onnx-graph.ts';

/** Writes one call: defines its output. */
export type WriteCall = (held: HeldValues, call: AnyCall) => void;

type Settings = { readonly [name: string]: number };

/** A node of one input. */
const unary =
  (op: string, attributes: (settings: Settings) => Attributes = () => ({})): WriteCall =>
  (held, call) =>
    mapped(held, call, (x, settings) => held.node(op, [x], attributes(settings)));

/** Nodes of one input. */
const formula =
  (write: (held: HeldValues, x: string, settings: Settings) => string): WriteCall =>
  (held, call) =>
    mapped(held, call, (x, settings) => write(held, x, settings));

function mapped(held: HeldValues, call: AnyCall, write: (x: string, settings: Settings) => string): void {
  const x = call.inputs['x']!;
  const order: Order = held.hasChannelsFirst(x) ? 'channelsFirst' : 'plain';
  held.define(call.outputs['y']!, order, write(held.get(x, order), call.geometry as Settings));
}

/** A node of operands that are broadcast. */
const broadcast =
  (op: string, isComparison = false): WriteCall =>
  (held, { inputs, outputs }) => {
    together(held, Object.values(inputs), outputs['y']!, names => {
      const y = held.node(op, names);
      return isComparison ? toFloat(held, y) : y;
    });
  };

/** In the order of axes in which one of the images among the operands is. */
function together(
  held: HeldValues,
  values: readonly Value[],
  output: Value,
  write: (names: readonly string[]) => string,
): void {
  const computed = values.filter(value => held.constantOf(value) === undefined);
  const fits = output.shape.length === 4 && computed.every(({ shape }) => shape.length === 4);
  const order: Order = fits && computed.some(value => held.hasChannelsFirst(value)) ? 'channelsFirst' : 'plain';
  held.define(output, order, write(values.map(value => held.operand(value, order))));
}

const toFloat = (held: HeldValues, x: string): string => held.node('Cast', [x], { to: { int: elementType.float } });

const thresholdedRelu = formula((held, x, { alpha = 0, maxValue = Number.POSITIVE_INFINITY, threshold = 0 }) => {
  const { onnx } = held;
  if (alpha === 0 && threshold === 0) return held.node('Clip', [x, onnx.number(0), onnx.number(maxValue)]);
  const above = Number.isFinite(maxValue) ? held.node('Min', [x, onnx.number(maxValue)]) : x;
  const distance = threshold === 0 ? x : held.node('Sub', [x, onnx.number(threshold)]);
  const below = alpha === 0 ? onnx.number(0) : held.node('Mul', [distance, onnx.number(alpha)]);
  return held.node('Where', [held.node('Greater', [x, onnx.number(threshold)]), above, below]);
});

const affine = formula((held, x, { factor = 1, offset = 0 }) => {
  const scaled = factor === 1 ? x : held.node('Mul', [x, held.onnx.number(factor)]);
  return offset === 0 && factor !== 1 ? scaled : held.node('Add', [scaled, held.onnx.number(offset)]);
});

/** x / 2 (1 + erf(x / sqrt(2))), as exporters of operator sets below 20 write it. */
const gelu = formula((held, x) => {
  const { onnx } = held;
  const erf = held.node('Erf', [held.node('Mul', [x, onnx.number(Math.SQRT1_2)])]);
  return held.node('Mul', [held.node('Mul', [x, held.node('Add', [erf, onnx.number(1)])]), onnx.number(0.5)]);
});

const geluTanh = formula((held, x) => {
  const { onnx } = held;
  const cube = held.node('Mul', [held.node('Mul', [x, x]), held.node('Mul', [x, onnx.number(0.044715)])]);
  const inner = held.node('Mul', [held.node('Add', [x, cube]), onnx.number(1.5957691216057308)]);
  return held.node('Mul', [x, held.node('Sigmoid', [inner])]);
});

const alpha = (settings: Settings): Attributes => ({ alpha: { float: settings['alpha']! } });

export const elementwiseCalls: { readonly [kernel: string]: WriteCall } = {
  reluForward: unary('Relu'),
  thresholdedReluForward: thresholdedRelu,
  leakyReluForward: unary('LeakyRelu', alpha),
  eluForward: unary('Elu', alpha),
  geluForward: gelu,
  geluTanhForward: geluTanh,
  sigmoidForward: unary('Sigmoid'),
  siluForward: formula((held, x) => held.node('Mul', [x, held.node('Sigmoid', [x])])),
  hardSiluForward: unary('HardSwish'),
  softplusForward: unary('Softplus'),
  tanhForward: unary('Tanh'),
  affineForward: affine,
  negateForward: unary('Neg'),
  squareForward: formula((held, x) => held.node('Mul', [x, x])),
  clipForward: formula((held, x, { min = 0, max = 0 }) =>
    held.node('Clip', [x, held.onnx.number(min), held.onnx.number(max)]),
  ),
  sign: unary('Sign'),
  floor: unary('Floor'),
  expForward: unary('Exp'),
  logForward: unary('Log'),
  log1pForward: formula((held, x) => held.node('Log', [held.node('Add', [x, held.onnx.number(1)])])),
  cosOfTurnsForward: formula((held, x) => held.node('Cos', [held.node('Mul', [x, held.onnx.number(2 * Math.PI)])])),
  erfForward: unary('Erf'),
  sqrtForward: unary('Sqrt'),
  absForward: unary('Abs'),
  castFromInt32: formula(toFloat),
  castFromUint8: formula(toFloat),
  castToInt32: unary('Cast', () => ({ to: { int: elementType.int32 } })),
  addForward: broadcast('Add'),
  subtractForward: broadcast('Sub'),
  multiplyForward: broadcast('Mul'),
  divideForward: broadcast('Div'),
  maximumForward: broadcast('Max'),
  minimumForward: broadcast('Min'),
  powForward: broadcast('Pow'),
  preluForward: broadcast('PRelu'),
  equal: broadcast('Equal', true),
  less: broadcast('Less', true),
  lessEqual: broadcast('LessOrEqual', true),
  greater: broadcast('Greater', true),
  greaterEqual: broadcast('GreaterOrEqual', true),
  notEqual: (held, { inputs, outputs }) =>
    together(held, [inputs['a']!, inputs['b']!], outputs['y']!, names =>
      toFloat(held, held.node('Not', [held.node('Equal', names)])),
    ),
  whereForward: (held, { inputs, outputs }) =>
    together(held, [inputs['condition']!, inputs['a']!, inputs['b']!], outputs['y']!, ([condition, a, b]) => {
      const isTrue = held.node('Cast', [condition!], { to: { int: elementType.bool } });
      return held.node('Where', [isTrue, a!, b!]);
    }),
  fill: (held, { outputs, geometry }) => {
    const { value } = geometry as { value: number };
    const { id, shape } = outputs['y']!;
    held.defineConstant(outputs['y']!, { name: `fill ${id}`, shape, data: [value] });
  },
};
