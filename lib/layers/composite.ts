/** What composites share: parts of several layers, and how they are kept in files. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Part } from './fold.ts';
import type { AnyLayer, Layer, LayerOptionValues, MergingLayer } from './layer.ts';
import { isObject } from './options.ts';
import type { LayerOps } from './outcome.ts';

/** The layer within the config of its composite, named only where it was given a name; undefined if it cannot be saved. */
export function nestedConfig({ className, name, config }: AnyLayer): LayerOptionValues | undefined {
  if (className === undefined || config === undefined) return undefined;
  return { className, ...(name === undefined ? {} : { name }), config };
}

/** One layer, or a list of them; undefined where one of them cannot be saved. */
export function partConfig(part: Part): Json | undefined {
  if (!isList(part)) return nestedConfig(part);
  const configs = part.map(nestedConfig);
  return configs.every(config => config !== undefined) ? configs : undefined;
}

/** Throws OptionError for what is neither a layer nor a list of layers. */
export function checkedPart(what: string, part: unknown): Part {
  return Array.isArray(part) ? checkedLayers(what, part) : checkedLayer(what, part);
}

/** Throws OptionError for what is no list of layers. */
export function checkedLayers(what: string, layers: unknown): readonly Layer[] {
  if (!Array.isArray(layers)) throw new OptionError(`${what} must be a list of layers, got ${describe(layers)}`);
  return layers.map((layer, i) => checkedLayer(`${what}[${i}]`, layer));
}

/** Throws OptionError for what is no layer of one input. */
export function checkedLayer(what: string, layer: unknown): Layer {
  if (isObject(layer) && typeof layer['forward'] === 'function') return layer as Layer & typeof layer;
  throw new OptionError(`${what} must be a layer, such as conv2d(8, 3), got ${describe(layer)}`);
}

/** Throws OptionError for what is no layer, be it of one input or a merging layer. */
export function checkedAnyLayer(what: string, layer: unknown): AnyLayer {
  if (isObject(layer) && typeof layer['merge'] === 'function') return layer as MergingLayer & typeof layer;
  return checkedLayer(what, layer);
}

/** Applies the layers one after the other. */
export const applyAll = (ops: LayerOps, layers: readonly Layer[], x: Value): Value =>
  layers.reduce<Value>((y, layer) => ops.apply(layer, y), x);

/** A list of layers as one, which has a place of its own in the tree. */
export const asLayer = (className: string, part: Part): Layer =>
  isList(part) ? { className, forward: (ops, x) => applyAll(ops, part, x) } : part;

const isList = (part: Part): part is readonly Layer[] => Array.isArray(part);
