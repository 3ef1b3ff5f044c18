import { ShapeError } from '../errors.ts';
import { accumulatedName, averageName } from '../optimizers/gradient-stage.ts';
import { type Optimizer, slotsOf } from '../optimizers/optimizer.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import type { Runtime } from './runtime.ts';
import { isOfCallback } from './training-state.ts';

/** The slots of an optimizer for a parameter, by their names. The variables are named `conv2d/kernel:m`. */
export function slotVariables(
  optimizer: Optimizer,
  parameter: string,
  shape: Shape,
): (readonly [slot: string, variable: VariableSpec])[] {
  return Object.entries(slotsOf(optimizer, { name: parameter, shape })).map(([slot, kept]) => {
    const { value, ...own } = typeof kept === 'number' ? { value: kept, shape } : kept;
    const spec = trainingVariable(`${parameter}:${slot}`, own.shape);
    return [slot, value === 0 ? spec : { ...spec, fill: out => void out.fill(value) }];
  });
}

/** A variable that training keeps for a parameter, zero at the start. */
export const trainingVariable = (name: string, shape: Shape): VariableSpec => ({ name, shape, owner: 'training' });

/** All that training keeps for the parameters that it changes: slots, accumulated gradients and averages. */
export function trainingVariables(
  optimizer: Optimizer,
  parameters: readonly { readonly path: string; readonly shape: Shape }[],
): VariableSpec[] {
  const { gradientAccumulationSteps, useEma } = optimizer.gradientStage ?? {};
  return parameters.flatMap(({ path, shape }) => {
    const names: string[] = [];
    if (gradientAccumulationSteps !== undefined) names.push(accumulatedName(path));
    if (useEma === true) names.push(averageName(path));
    const slots = slotVariables(optimizer, path, shape).map(([, variable]) => variable);
    return [...slots, ...names.map(name => trainingVariable(name, shape))];
  });
}

/** Copies of variables as tensors by name. */
export async function readVariables(
  runtime: Runtime,
  variables: readonly VariableSpec[],
): Promise<{ [name: string]: Tensor }> {
  const contents = await runtime.read(variables);
  return Object.fromEntries(
    variables.map(({ name, shape, dtype = 'float32' }, i) => [
      name,
      new Tensor(shape, dtype, contents[i] as Float32Array | Int32Array),
    ]),
  );
}

/** What to write into each variable. Throws ShapeError unless there is a tensor for each, and for nothing else. */
export function writtenVariables(
  variables: readonly VariableSpec[],
  tensors: { readonly [name: string]: Tensor },
): (readonly [VariableSpec, Float32Array | Int32Array])[] {
  const names = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(tensors).find(name => !names.has(name) && !isOfCallback(name));
  if (unknown !== undefined) {
    throw new ShapeError(`setState: the state has a tensor "${unknown}", which this model does not have`);
  }
  return variables.map(variable => {
    const { name, shape, dtype = 'float32' } = variable;
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (tensor === undefined) throw new ShapeError(`setState: the state has no tensor "${name}"`);
    if (sameShape(tensor.shape, shape) && tensor.dtype === dtype) {
      return [variable, dtype === 'int32' ? Int32Array.from(tensor.data) : Float32Array.from(tensor.data)] as const;
    }
    const [expected, got] = [{ dtype, shape }, tensor].map(each => `${each.dtype} ${formatShape(each.shape)}`);
    throw new ShapeError(`setState: ${name} is ${expected}, the state has ${got}`);
  });
}
