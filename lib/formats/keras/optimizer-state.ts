/** What optimizers keep for parameters, in the order of Keras's variables: `optimizer/vars/0`, `optimizer/vars/1`, ... */
import type { TrainingState } from '../../callbacks/callback.ts';
import { FormatError } from '../../errors.ts';
import { isObject } from '../../layers/options.ts';
import type { PlacedParameter } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import { accumulatedName, averageName, changesBefore } from '../../optimizers/gradient-stage.ts';
import { nadamProduct } from '../../optimizers/nadam.ts';
import { type Optimizer, slotsOf } from '../../optimizers/optimizer.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Hdf5DatasetContent } from '../hdf5/tree.ts';
import { type StoredVariable, tensorOf } from './weights.ts';

/** One variable of an optimizer of Keras. */
type Variable =
  /** What is kept here under that name, `conv2d/kernel:m`. */
  | { readonly kind: 'slot'; readonly name: string; readonly shape: Shape; readonly of: PlacedParameter }
  /** What follows from the rest: zeros or a number of that shape. */
  | { readonly kind: 'derived'; readonly shape: Shape; readonly value: number; readonly type: 'float32' | 'int32' };

/** Our slots by Keras's name of the class: those of one list alternate from parameter to parameter. */
const layouts = new Map<string, readonly (readonly string[])[]>([
  ['Adadelta', [['v', 'moved']]],
  ['Adagrad', [['v']]],
  ['Adam', [['m', 'v'], ['largest']]],
  ['AdamW', [['m', 'v'], ['largest']]],
  ['Adamax', [['m', 'norm']]],
  ['Ftrl', [['v', 'linear']]],
  ['Lamb', [['m', 'v']]],
  ['Lion', [['m']]],
  ['Muon', [['m', 'v']]],
  ['Nadam', [['m', 'v']]],
  ['RMSprop', [['v'], ['step'], ['mean']]],
  ['SGD', [['velocity']]],
]);

/** The variables behind the count of steps and the rate. `changes` is how often parameters have changed. */
function variablesOf(
  optimizer: Optimizer,
  parameters: readonly PlacedParameter[],
  changes: number,
): readonly Variable[] | undefined {
  const { className = '', gradientStage = {} } = optimizer;
  const whole = (name: (path: string) => string) =>
    parameters.map((of): Variable => ({ kind: 'slot', name: name(of.path), shape: of.shape, of }));
  const averages = gradientStage.useEma === true ? whole(averageName) : [];
  const accumulated = gradientStage.gradientAccumulationSteps === undefined ? [] : whole(accumulatedName);
  const layout = layouts.get(className);
  if (className === 'Adafactor') return [...averages, ...accumulated, ...parameters.flatMap(factors)];
  if (layout === undefined) return undefined;
  const slots = layout.flatMap(names => parameters.flatMap(parameter => slotsIn(optimizer, parameter, names)));
  const product = nadamProduct(Number(optimizer.config['beta1']), changes);
  const last: Variable[] =
    className === 'Nadam' ? [{ kind: 'derived', shape: [], value: product, type: 'float32' }] : [];
  return [...averages, ...accumulated, ...slots, ...last];
}

function slotsIn(optimizer: Optimizer, of: PlacedParameter, names: readonly string[]): Variable[] {
  const { path, shape } = of;
  const kept = slotsOf(optimizer, { name: path, shape });
  return names.filter(name => name in kept).map(name => ({ kind: 'slot', name: `${path}:${name}`, shape, of }));
}

/** Adafactor has three variables for each parameter: those that it does not need are there, too. */
function factors(of: PlacedParameter): Variable[] {
  const { path, shape } = of;
  const slot = (name: string, kept: Shape): Variable => ({ kind: 'slot', name: `${path}:${name}`, shape: kept, of });
  const zeros = (shape: Shape, type: 'float32' | 'int32'): Variable => ({ kind: 'derived', shape, value: 0, type });
  if (shape.length < 2) {
    return [zeros([], 'int32'), zeros([], 'int32'), slot('v', shape)];
  }
  const columns = [...shape.slice(0, -2), shape.at(-1)!];
  return [
    slot('rows', shape.slice(0, -1)),
    slot('columns', columns),
    // Each step makes it of the other two before it is read.
    zeros(shape, 'float32'),
  ];
}

/** Whether the rate is a variable: a schedule is none. */
const hasRate = ({ schedules }: Optimizer): boolean => schedules?.['learningRate'] === undefined;

/**
 * Gives a compiled model what a file has of its optimizer. Returns whether it has as many variables as the optimizer needs; as
 * in Keras, it begins anew otherwise. Throws FormatError for variables of other shapes.
 */
export async function setOptimizerState(
  model: Sequential,
  parameters: readonly PlacedParameter[],
  found: readonly StoredVariable[],
): Promise<boolean> {
  const { optimizer } = model;
  const [iteration] = found;
  if (iteration === undefined) return false;
  const steps = Number(iteration.read()[0]);
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new FormatError(`"${iteration.path}" is ${steps}, expected a number of steps`);
  }
  const variables = variablesOf(optimizer, parameters, 0) ?? [];
  const rest = found.slice(hasRate(optimizer) ? 2 : 1);
  if (rest.length !== variables.length) return false;
  const state = await model.getState();
  const tensors: { [name: string]: Tensor } = { ...state.tensors };
  for (const [i, variable] of variables.entries()) {
    if (variable.kind === 'slot')
      tensors[variable.name] = tensorOf(rest[i]!, variable.name, variable.shape, variable.of);
  }
  const values = isObject(state.values) ? state.values : {};
  await model.setState({ tensors, values: { ...values, steps } as TrainingState['values'] });
  return true;
}

/** What Keras keeps of an optimizer, in its order. Throws FormatError for an optimizer that Keras does not have. */
export async function optimizerVariables(
  model: Sequential,
  parameters: readonly PlacedParameter[],
): Promise<readonly Hdf5DatasetContent[]> {
  const { optimizer, steps } = model;
  const variables = variablesOf(optimizer, parameters, changesBefore(optimizer.gradientStage ?? {}, steps));
  if (variables === undefined) {
    throw new FormatError(`the optimizer "${optimizer.name}" is none that Keras has; save without compile`);
  }
  const { tensors } = await model.getState();
  const rate = { shape: [], data: Float32Array.of(optimizer.learningRate) };
  return [
    { shape: [], data: BigInt64Array.of(BigInt(steps)) },
    ...(hasRate(optimizer) ? [rate] : []),
    ...variables.map(variable => contentOf(variable, tensors)),
  ];
}

function contentOf(variable: Variable, tensors: TrainingState['tensors']): Hdf5DatasetContent {
  const { shape } = variable;
  if (variable.kind === 'slot') return { shape, data: tensors[variable.name]!.data as Float32Array };
  const array = variable.type === 'int32' ? Int32Array : Float32Array;
  return { shape, data: new array(sizeOf(shape)).fill(variable.value) };
}
