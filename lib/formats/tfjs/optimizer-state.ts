/** What optimizers keep, in the order of TensorFlow.js, where Keras's has parameter by parameter what this has kind by kind. */
import { FormatError } from '../../errors.ts';
import { isObject } from '../../layers/options.ts';
import type { PlacedParameter } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import type { Optimizer } from '../../optimizers/optimizer.ts';
import type { Hdf5DatasetContent } from '../hdf5/tree.ts';
import { optimizerVariables } from '../keras/optimizer-state.ts';
import type { StoredVariable } from '../keras/weights.ts';
import { namesOf } from './training.ts';
import type { WeightContent } from './weights.ts';

/** The variables in Keras's order, with the count of steps and the rate in front; none where the file has none. */
export function inKerasOrder(given: unknown, stored: readonly StoredVariable[]): readonly StoredVariable[] {
  const [steps, ...rest] = stored;
  const optimizer = isObject(given) ? given['optimizer_config'] : undefined;
  const { class_name: className, config } = isObject(optimizer) ? optimizer : {};
  if (steps === undefined || typeof className !== 'string' || !isObject(config)) return [];
  // The rate is an option of the file, so that this one is not read.
  const first = [steps, steps];
  if (className === 'Momentum') return [...first, ...rest.map(each => scaled(each, -Number(config['learningRate'])))];
  if (className === 'Adam') return [...first, ...alternated(rest)];
  if (className !== 'RMSProp') return [...first, ...rest];
  // Keras keeps what momentum needs only where there is some.
  return [...first, ...(config['momentum'] === 0 ? rest.slice(0, rest.length / 2) : rest)];
}

function alternated(given: readonly StoredVariable[]): readonly StoredVariable[] {
  const half = given.length / 2;
  return given.slice(0, half).flatMap((each, i) => [each, given[half + i]!]);
}

/** TensorFlow.js sums up gradients, Keras steps: gradients times the rate, downwards. */
function scaled(variable: StoredVariable, factor: number): StoredVariable {
  const readFloats = () => variable.readFloats().map(value => value * factor);
  return { ...variable, read: readFloats, readFloats };
}

/** What the optimizer of a compiled model keeps. Throws FormatError where TensorFlow.js cannot read it again. */
export async function writtenState(
  model: Sequential,
  parameters: readonly PlacedParameter[],
  nameOf: (parameter: PlacedParameter) => string,
): Promise<readonly WeightContent[]> {
  const { optimizer, steps } = model;
  const { theirs } = namesOf(optimizer);
  if (theirs === 'Adamax') {
    if (steps === 0) return [];
    throw new FormatError(
      `the optimizer "${optimizer.name}" has made ${steps} steps, and TensorFlow.js cannot load what it keeps; save with encodeTfjs(model, { compile: false })`,
    );
  }
  // The count of steps and the rate are in front.
  const kept = (await optimizerVariables(model, parameters)).slice(2);
  const kinds = kindsOf(theirs, optimizer, parameters, kept);
  const iterations = { name: 'iter', shape: [], data: Int32Array.of(steps), isOfOptimizer: true };
  const variables = kinds.flatMap(({ ending, of }) =>
    of.map((data, i): WeightContent => {
      const parameter = parameters[i]!;
      return { name: `${nameOf(parameter)}/${ending}`, shape: parameter.shape, data, isOfOptimizer: true };
    }),
  );
  return [iterations, ...variables];
}

interface Kind {
  readonly ending: string;
  readonly of: readonly Float32Array[];
}

/** Kind by kind what is kept for each parameter, with TensorFlow.js's names. */
function kindsOf(
  theirs: string,
  { learningRate, config }: Optimizer,
  parameters: readonly PlacedParameter[],
  kept: readonly Hdf5DatasetContent[],
): readonly Kind[] {
  const count = parameters.length;
  const data = kept.map(each => Float32Array.from(each.data as Float32Array));
  const every = (start: number, step: number) => data.filter((_, i) => i % step === start);
  if (theirs === 'Adam')
    return [
      { ending: 'm', of: every(0, 2) },
      { ending: 'v', of: every(1, 2) },
    ];
  if (theirs === 'Adagrad') return [{ ending: 'accumulator', of: data }];
  if (theirs === 'Momentum') {
    const factor = learningRate === 0 ? 0 : -1 / learningRate;
    return [{ ending: 'momentum', of: data.map(each => each.map(value => value * factor)) }];
  }
  if (theirs !== 'RMSProp') return [];
  const hasMomentum = config['momentum'] !== 0;
  const zeros = parameters.map((_, i) => new Float32Array(data[i]!.length));
  return [
    { ending: 'rms', of: data.slice(0, count) },
    { ending: 'momentum', of: hasMomentum ? data.slice(count, 2 * count) : zeros },
  ];
}
