import type { AnyLayer } from './layer.ts';

/** Layers that were made apart, from what a file holds, but stand for one. */
const originals = new WeakMap<AnyLayer, AnyLayer>();

/** The layer whose parameters this one has: itself, unless it was united with another. */
export const originalOf = (layer: AnyLayer): AnyLayer => originals.get(layer) ?? layer;

/** Makes a layer share the parameters of another, as if it were the same object. */
export function unite(layer: AnyLayer, original: AnyLayer): void {
  if (layer !== original) originals.set(layer, originalOf(original));
}
