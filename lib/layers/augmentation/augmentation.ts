import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedLayers, partConfig } from '../composite.ts';
import type { Through } from '../fold.ts';
import { common, type Layer, type LayerOptions } from '../layer.ts';
import { checkedOptions } from '../options.ts';
import { type Geometry, geometryOf, isGeometric, Pass } from './geometric.ts';

/** Layers one after the other, of which neighbours share a pass over the images. */
export interface Augmentation<L extends readonly Layer[], I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: this['~in'] extends infer S extends Shape ? Through<L, S, 'layers'> : Shape;
}

/**
 * Layers one after the other, such as `augmentation([randomFlip('horizontal'), randomRotation(0.1), randomZoom(0.1)])`.
 * Neighbours that only move pixels are one pass: their maps are composed, and each image is read once. So nothing is
 * blurred twice, and what one layer moves out of an image the next can bring back. Layers go together if their fillMode,
 * fillValue and interpolation are equal; flips go with all of them; `randomElastic` and `randomCrop` end a pass. Throws
 * OptionError for what is no list of layers.
 */
export function augmentation<const L extends readonly Layer[], const I extends Shape | undefined = undefined>(
  layers: L,
  given: LayerOptions<I> = {},
): Augmentation<L, I> {
  const options = checkedOptions<LayerOptions<I>>('augmentation', given, []);
  const checked = checkedLayers('augmentation: layers', layers);
  // Set while a layer takes part in a pass; forward runs to its end without a pause.
  let joined: { readonly pass: Pass; readonly geometry: Geometry } | undefined;
  const members = checked.map((layer): Layer => {
    if (!isGeometric(layer)) return layer;
    return {
      ...layer,
      forward(ops, x, parameters) {
        if (joined === undefined) return layer.forward(ops, x, parameters);
        return joined.pass.add(ops, x, joined.geometry);
      },
    };
  });
  return {
    className: 'Augmentation',
    ...common(options),
    get config() {
      const configs = partConfig(checked);
      return configs === undefined ? undefined : { layers: configs };
    },
    forward(ops, x) {
      const pass = new Pass();
      const y = members.reduce<Value>((image, member) => {
        const geometry = ops.training ? geometryOf(member, image.shape.slice(1)) : undefined;
        const isJoined = geometry !== undefined && pass.takes(geometry);
        const input = isJoined ? image : pass.finish(ops, image);
        joined = geometry === undefined ? undefined : { pass, geometry };
        try {
          return ops.apply(member, input);
        } finally {
          joined = undefined;
        }
      }, x);
      return pass.finish(ops, y);
    },
  };
}
