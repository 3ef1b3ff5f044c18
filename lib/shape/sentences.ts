/**
 * The sentences of shape errors, one source for both readers: the compiler puts literal types in for the braces
 * (`Sentence`), the run-time errors put values in (`sentence`).
 */
export const sentences = {
  // Options of layers.
  positiveInteger: '{layer}: {option} must be a positive integer, got {value}',
  natural: '{layer}: {option} must be an integer of 0 or more, got {value}',
  firstLayer:
    'Sequential: the first layer needs inputShape, the shape of one input without the batch axis, such as [28, 28, 1]',
  reshapeTarget: 'reshape: targetShape must hold positive integers and at most one -1, got {target}',
  permuteDims: 'permute: dims must name the axes of one input from 1 on, each once, got {dims}',
  contradiction: 'inputShape {given} contradicts the output of the layer before, {expected}; leave inputShape out',

  // Layers and their inputs.
  fewerFilters: '{filters} filters are fewer than the channels of {input}; a shortcut can only add channels',
  mergesSeveral: 'this layer makes one of several: give it a list, such as apply(add(), [a, b])',
  takesOne: 'this layer takes one input, got a list of {count}; join them first, as by add() or concatenate()',
  mergeCount: '{layer}: expected {expected}, got {count}',
  concatenate: 'concatenate: {b} does not go with {a}: all axes must be equal but axis {axis}, the batch being axis 0',
  concatenateAxis: 'concatenate: axis {axis} does not exist in inputs of {input}, the batch being axis 0',
  dotAxis: 'dot: axis {axis} does not exist in inputs of {input}, the batch being axis 0',
  dot: 'dot: {a} and {b} differ along the axes {axisA} and {axisB}: {fromA} against {fromB} elements',
  inputAxis: 'axis {axis} does not exist in inputs of {input}: expected 1 to {rank}, or -1 to -{rank}',
  imageInput: 'expected an input of [height, width, channels], got {input}',
  featureInput: 'expected an input of [..., features], got {input}',
  einsumInput: 'the equation {equation} does not go with inputs of {input}, the batch axis left out',
  vectorInput: 'expected an input of [features], got {input}',
  permuteRank: '{input} does not have the axes {dims}',
  halvedInput: 'axis {axis} of inputs of {input} cannot be divided into two halves',
  windowTooLarge: 'a {window} {what} does not fit into {input} (padding {padding}); use {advice} or a smaller {option}',
  windowInPadding:
    'a {window} pool on {input} lies in the padding {padding} alone somewhere; use less padding or a larger poolSize',
  groupFilters: '{layer}: {filters} filters cannot be divided into {groups} groups',
  groupInput: '{channels} channels cannot be divided into {groups} groups',
  nothingTransposed:
    'a transposed {window} convolution of {input} lies in the padding {padding} alone; use less padding or a larger kernelSize',
  nothingLeft: 'a cropping of {cropping} leaves nothing of {input}; crop less',
  reshapeCount: '{input} with {size} elements does not have the {count} elements of {target}',
  reshapeDivision: '{input} with {size} elements cannot be divided into {target}',

  // Operations on values.
  fourAxes: '{operation}: expected 4 axes, got {given}',
  filterChannels: '{operation}: filters {filters} for {given} channels do not go with images {input} of {channels}',
  groupChannels:
    '{operation}: filters {filters} for {given} channels in each of {groups} groups do not go with images {input} of {channels}',
  rowTargets: '{operation}: targets of shape {given} do not go with {expected}; both must have one shape',

  // What is made ready for a model.
  digitImage:
    '{operation}: expected an image [height, width] or [height, width, channels] of 1 to 4 channels, got a tensor {given}',

  // What a model is given.
  inputs: "{method}: inputs of shape {given} do not fit the model's input {input}: expected {expected}{hint}",
  inputsHint: '; reshape them to {shape}',
  counts: '{method}: {count} inputs and targets of shape {targets}: there must be one target for each input',
  targets:
    "{method}: targets of shape {given} do not fit the model's output {output}: expected {what} of shape {expected}{hint}",
  oneHotHint: '; one-hot targets go with loss categoricalCrossentropy',
  classNumbersHint: '; class numbers go with loss sparseCategoricalCrossentropy',
  eitherHint: ', or targets of shape {expected}',
  noTargets: '{method}: the dataset has no targets; make it of inputs and targets',
  batchTwice: 'batch: the dataset is in batches already; call unbatch() first, or leave one batch() out',
  partsOfBatches: '{method}: the dataset is in batches; {method} before batch()',
  assertInput: "assertInput: the model's input is {input}, not {asserted}",
  assertOutput: "assertOutput: the model's output is {output}, not {asserted}",

  // Operations of tensors.
  fill: 'tensor: {count} values do not fill the shape {shape} with {size}',
  tensorReshape: 'reshape: {shape} with {size} elements cannot become {target}',
  axis: '{operation}: axis {axis} does not exist in a tensor with {axes}',
  halves: '{operation}: axis {axis} of {shape} cannot be divided into two halves',
  permutation: 'transpose: the permutation {permutation} must name each of {rank} axes once',
  sliceRank: 'slice: {shape} has {rank} axes, got begin {begin} and size {size}',
  slice: 'slice: axis {axis} has {length} elements, got {count} of them from {begin} on',
  sliceBegin: 'slice: axis {axis} has {length} elements, a slice cannot begin at {begin}',
  padRank: 'pad: expected one [before, after] for each of the {rank} axes, got {count}',
  squeeze: 'squeeze: axis {axis} of {shape} has {length} elements, not 1',
  broadcastTo: 'broadcastTo: {shape} cannot be repeated to {target}',
  broadcast:
    '{operation}: {a} and {b} do not go together: {fromA} against {fromB} elements along axis {axis} of the result',
  matmulRank: 'matmul: both operands need at least 1 axis, got {a} x {b}',
  matmul: 'matmul: the inner axes differ: {a} x {b} ({columns} against {rows})',
  concat: 'concat: {b} does not go with {a} along axis {axis}: all other axes must be equal',
  stack: 'stack: {b} does not go with {a}: all shapes must be equal',
  assertShape: 'assertShape: the shape is {shape}, not {asserted}',
} as const;

export type SentenceName = keyof typeof sentences;

type Blanks<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name extends `${string} ${string}`
    ? Blanks<Rest>
    : Name | Blanks<Rest>
  : never;

/** The sentence of that name with the values put in. */
export function sentence<N extends SentenceName>(
  name: N,
  values: { readonly [P in Blanks<(typeof sentences)[N]>]: string | number },
): string {
  const given: { readonly [blank: string]: string | number } = values;
  return sentences[name].replace(/\{(\w+)\}/g, (_, blank: string) => String(given[blank]));
}

/** The same as a type. */
export type Sentence<N extends SentenceName, V> = WithValues<(typeof sentences)[N], V>;

type WithValues<T extends string, V> = T extends `${infer Before}{${infer Name}}${infer Rest}`
  ? Name extends keyof V
    ? V[Name] extends infer Value extends string | number
      ? `${Before}${Value}${WithValues<Rest, V>}`
      : never
    : `${Before}{${Name}}${WithValues<Rest, V>}`
  : T;
