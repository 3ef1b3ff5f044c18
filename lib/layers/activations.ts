import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';

/** Activations by their Keras names, with Keras 3's defaults (leaky slope 0.2, elu alpha 1). */
const activations = {
  linear: (_ops: Ops, x: Value) => x,
  relu: (ops: Ops, x: Value) => ops.relu(x),
  leakyRelu: (ops: Ops, x: Value) => ops.leakyRelu(x, 0.2),
  elu: (ops: Ops, x: Value) => ops.elu(x, 1),
  sigmoid: (ops: Ops, x: Value) => ops.sigmoid(x),
  tanh: (ops: Ops, x: Value) => ops.tanh(x),
  softmax: (ops: Ops, x: Value) => ops.softmax(x),
};

export type ActivationName = keyof typeof activations;

/** Throws OptionError with the nearest known name if there is no such activation. */
export function checkedActivation(name: ActivationName): ActivationName {
  if (!Object.hasOwn(activations, name)) throw unknownName('activation', String(name), Object.keys(activations));
  return name;
}

export function applyActivation(ops: Ops, name: ActivationName, x: Value): Value {
  return activations[name](ops, x);
}
