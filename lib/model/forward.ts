import { ShapeError } from '../errors.ts';
import type { Value, VariableSpec } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { RandomStream } from '../random/random.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import type { PlacedLayer, PlacedParameter } from './structure.ts';

/** What a program emits of a model: its layers, the shape of one input, and the seed of the first parameters. */
export interface Network {
  readonly layers: readonly PlacedLayer[];
  readonly inputShape: Shape;
  readonly seed: number;
}

/** A parameter as a variable: its first content depends on the seed and on its own path alone. */
export const parameterVariable = ({ path, shape, initializer }: PlacedParameter, seed: number): VariableSpec => ({
  name: path,
  shape,
  owner: 'layer',
  fill: out => initializer.fill(out as Float32Array, shape, new RandomStream(seed, path)),
});

export interface EmittedParameter {
  readonly value: Value;
  readonly spec: PlacedParameter;
}

/** Emits all layers, one after the other, and returns the output and all parameters. */
export function emitForward(
  ops: Ops,
  { layers, seed }: Network,
  x: Value,
): { output: Value; parameters: EmittedParameter[] } {
  const parameters: EmittedParameter[] = [];
  let output = x;
  for (const { layer, name, parameters: specs, outputShape } of layers) {
    ops.graph.label = name;
    const values = specs.map(spec => ({ spec, value: ops.graph.variable(parameterVariable(spec, seed)) }));
    parameters.push(...values);
    output = layer.forward(ops, output, Object.fromEntries(values.map(({ spec, value }) => [spec.name, value])));
    const declared = [x.shape[0]!, ...outputShape];
    if (!sameShape(output.shape, declared)) {
      throw new ShapeError(
        `${layer.className} "${name}": forward gives ${formatShape(output.shape)}, but outputShape declares ${formatShape(declared)}`,
      );
    }
  }
  return { output, parameters };
}
