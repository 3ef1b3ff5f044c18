import type { Sequential, Tensor } from 'inkling';
import { type Histogram, histogramOf } from './histogram.ts';
import { allLayers, parametersByPath } from './layers.ts';

/** A parameter with the distribution of its numbers, and of those of its gradient. */
export interface ParameterRow {
  /** block1/conv2d/kernel */
  readonly path: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly weights: Histogram;
  /** Undefined for a parameter that does not train, or where there is nothing to take gradients of. */
  readonly gradients: Histogram | undefined;
}

/** The distributions of all parameters of a model; `bins` as for `histogramOf`. */
export async function parameterRows(
  model: Sequential,
  gradients: { readonly [path: string]: Tensor } = {},
  bins = 24,
): Promise<readonly ParameterRow[]> {
  const numbers = await parametersByPath(model);
  const specs = [...allLayers(model.layers)].flatMap(({ parameters }) => parameters);
  const each = new Map(specs.map(spec => [spec.path, spec]));
  return [...each.values()].map(({ path, shape, trainable = true, owner }) => {
    const slopes = gradients[path];
    return {
      ...{ path, shape, trainable: trainable && owner.trainable },
      weights: histogramOf(numbers.get(path)!, bins),
      gradients: slopes === undefined ? undefined : histogramOf(slopes.data, bins),
    };
  });
}
