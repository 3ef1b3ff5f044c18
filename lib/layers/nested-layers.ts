/** Makes composites again from what files hold of them. */
import { describe } from '../describe.ts';
import { FormatError } from '../errors.ts';
import { augmentation } from './augmentation/augmentation.ts';
import { type BranchesOptions, branches } from './branches.ts';
import type { Part } from './fold.ts';
import { graphFrom } from './graph.ts';
import { type AnyLayer, isMerging, type Layer, type LayerOptionValues } from './layer.ts';
import { isObject } from './options.ts';
import { type ResidualOptions, residual } from './residual.ts';
import { spectralNormalization } from './spectral-normalization.ts';

/** Makes the layers within a layer again. Throws FormatError for what is no config of a layer. */
export type BuildLayer = (config: unknown) => AnyLayer;

/** The factories of composites from their configs. */
export const composites = {
  Augmentation({ layers, ...options }: LayerOptionValues, build: BuildLayer): Layer {
    if (!Array.isArray(layers)) throw new FormatError(`Augmentation: layers must be a list, got ${describe(layers)}`);
    return augmentation(
      layers.map((each: unknown) => ofOne(each, build)),
      options,
    );
  },
  Branches({ branches: given, join, ...options }: LayerOptionValues, build: BuildLayer): Layer {
    if (!Array.isArray(given)) throw new FormatError(`Branches: branches must be a list, got ${describe(given)}`);
    const parts = given.map((each: unknown) => partFrom(each, build));
    return branches(parts, { ...options, join: joinFrom(join, build) } as BranchesOptions);
  },
  Graph({ nodes: given, ...options }: LayerOptionValues, build: BuildLayer): Layer {
    if (!Array.isArray(given)) throw new FormatError(`Graph: nodes must be a list, got ${describe(given)}`);
    const layers = new Map<unknown, AnyLayer>();
    const nodes = given.map((node: unknown) => {
      const { name, layer, sharedWith, inputs } = isObject(node) ? node : {};
      const own = sharedWith === undefined ? build(layer) : layers.get(sharedWith);
      if (own === undefined) {
        throw new FormatError(
          `Graph: node ${describe(name)} shares the layer of ${describe(sharedWith)}, which is no node before it`,
        );
      }
      layers.set(name, own);
      return { name, layer: own, inputs };
    });
    return graphFrom({ ...options, nodes });
  },
  Residual({ layers, shortcut, join, ...options }: LayerOptionValues, build: BuildLayer): Layer {
    if (!Array.isArray(layers)) throw new FormatError(`Residual: layers must be a list, got ${describe(layers)}`);
    const settings = { ...options, shortcut: partFrom(shortcut ?? [], build), join: joinFrom(join, build) };
    return residual(
      layers.map(each => ofOne(each, build)),
      settings as ResidualOptions,
    );
  },
  SpectralNormalization({ layer, ...options }: LayerOptionValues, build: BuildLayer): Layer {
    return spectralNormalization(ofOne(layer, build), options);
  },
};

const partFrom = (config: unknown, build: BuildLayer): Part =>
  Array.isArray(config) ? config.map(each => ofOne(each, build)) : ofOne(config, build);

/** A name as it is, or a merging layer from its config. */
const joinFrom = (config: unknown, build: BuildLayer): unknown => (isObject(config) ? build(config) : config);

/** A layer of one input. */
export function ofOne(config: unknown, build: BuildLayer): Layer {
  const layer = build(config);
  if (!isMerging(layer)) return layer;
  throw new FormatError(`a ${layer.className} takes several inputs, and cannot stand where there is one`);
}
