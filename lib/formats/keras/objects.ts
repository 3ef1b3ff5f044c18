/** What layers are given besides numbers, in Keras's JSON and in ours: activations, initializers, regularizers, constraints. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import { camelCase, classOf, factoryOf, kerasOption, kerasText, optionOf } from './names.ts';

/** An object as Keras 3 writes it. */
export interface KerasObject {
  readonly module: string | null;
  readonly class_name: string;
  readonly config: Json;
  readonly registered_name: string | null;
}

/** What an object of Keras's JSON says of its class; older files have no module. */
export interface Described {
  readonly className: string;
  readonly config: unknown;
  readonly registeredName: string | undefined;
}

/** The class of an object. Throws FormatError for what is none; `what` begins the message. */
export function described(what: string, given: unknown): Described {
  const { class_name: className, config = {}, registered_name: registered } = isObject(given) ? given : {};
  if (typeof className !== 'string') {
    throw new FormatError(`${what} must be an object with class_name and config, got ${describe(given)}`);
  }
  return { className, config, registeredName: typeof registered === 'string' ? registered : undefined };
}

export const kerasObject = (module: string, className: string, config: Json): KerasObject => ({
  module,
  class_name: className,
  config,
  registered_name: null,
});

/** A number as it was before Keras rounded it to float32, where that is plain: 0.0010000000474974513 -> 0.001. */
export function unrounded(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

/** The kinds of objects that are made by name with options; each is an ending of the options that take one. */
export const kinds = ['initializer', 'regularizer', 'constraint'] as const;
type Kind = (typeof kinds)[number];

/** Names here that do not follow from Keras's by their letters. */
const names = new Map([['l1L2', 'l1l2']]);
const options = new Map([
  ['minval', 'min'],
  ['maxval', 'max'],
]);
const kerasOptions = new Map([...options].map(([theirs, ours]) => [ours, theirs]));
/** Options whose values are names, too. */
const named = ['mode', 'distribution'];

/** An initializer, regularizer or constraint as options of layers take it. Throws FormatError for what is none. */
export function readObject(what: string, given: unknown): Json {
  if (given === null || given === undefined) return null;
  const { className, config } = typeof given === 'string' ? { className: given, config: {} } : described(what, given);
  if (!isObject(config)) throw new FormatError(`${what}: config must be an object, got ${describe(config)}`);
  const factory = factoryOf(className);
  const read = Object.entries(config)
    .filter(([option, value]) => !isLeftOut(what, option, value))
    .map(([option, value]) => [options.get(option) ?? optionOf(option), readValue(option, value)]);
  return { ...Object.fromEntries(read), name: names.get(factory) ?? factory };
}

/** Whether an option says what is so here in any case. Throws FormatError if it says otherwise. */
function isLeftOut(what: string, option: string, value: unknown): boolean {
  if (option === 'seed' || option === 'dtype') return value === null || option === 'dtype';
  if (option !== 'input_axes' && option !== 'output_axes') return false;
  if (value === null) return true;
  throw new FormatError(`${what}: ${option} is ${describe(value)}; Inkling has no such option`);
}

function readValue(option: string, value: unknown): Json {
  if (typeof value === 'number') return unrounded(value);
  if (typeof value === 'string' && named.includes(option)) return camelCase(value);
  // Each factory checks the options that it takes.
  return value as Json;
}

/** An initializer, regularizer or constraint in Keras's JSON. */
export function writeObject(kind: Kind, given: Json): Json {
  if (!isObject(given)) return null;
  const { name, ...config } = given as { readonly [option: string]: Json } & { readonly name: string };
  const written = Object.entries(config).map(([option, value]) => [
    kerasOptions.get(option) ?? kerasOption(option),
    typeof value === 'string' ? kerasText(value) : value,
  ]);
  const className = name === 'l1l2' ? 'L1L2' : classOf(name);
  return { ...kerasObject(`keras.${kind}s`, className, Object.fromEntries(written)) };
}

/** Activations with options that Keras has as layers, by our names. */
const activationLayers = new Map([
  ['relu', 'ReLU'],
  ['leakyRelu', 'LeakyReLU'],
  ['elu', 'ELU'],
  ['softmax', 'Softmax'],
]);

/** An activation as options of layers take it. Throws FormatError for what is none, and for code. */
export function readActivation(what: string, given: unknown): Json {
  if (given === null || given === undefined) return 'linear';
  // What TensorFlow.js calls it, where Keras has an option.
  if (given === 'gelu_new') return { name: 'gelu', approximate: true };
  if (typeof given === 'string') return camelCase(given);
  const { className, config } = described(what, given);
  if (className === 'function' && typeof config === 'string') return camelCase(config);
  const known = [...activationLayers].find(([, layer]) => layer === className);
  if (known === undefined || !isObject(config)) {
    throw new FormatError(`${what} is a ${className}, which is no activation that Inkling knows`);
  }
  const own = Object.entries(config).filter(([option]) => !['name', 'trainable', 'dtype'].includes(option));
  const read = own.map(([option, value]) => [optionOf(option), value as Json]);
  return { ...Object.fromEntries(read), name: known[0] };
}

/** An activation in Keras's JSON: its name, or a layer where it has options. Throws FormatError if Keras has no such layer. */
export function writeActivation(what: string, given: Json): Json {
  if (typeof given === 'string') return kerasText(given);
  const { name, ...config } = given as LayerOptionValues & { readonly name: string };
  const className = activationLayers.get(name);
  if (className === undefined) {
    throw new FormatError(
      `${what}: files of Keras hold the activation ${name} with its defaults alone, not ${describe(config)}; leave these options out`,
    );
  }
  const written = Object.entries(config).map(([option, value]) => [kerasOption(option), value]);
  return { ...kerasObject('keras.layers', className, Object.fromEntries(written)) };
}
