import type { Sequential, Tensor } from 'inkling';
import { allLayers, endsWithRelu } from './layers.ts';

/** How often the units of one layer with relu fire. */
export interface UnitActivity {
  /** The path of the layer. */
  readonly layer: string;
  /** For each unit, a channel or a neuron, the share of its outputs above 0, over all images and places. */
  readonly firing: readonly number[];
  /** The numbers of the units that never fired. */
  readonly dead: readonly number[];
}

/** So that the activations of one batch take some tens of megabytes, not hundreds. */
const mostValues = 8_000_000;

/**
 * How often each unit behind a relu fires for images; one that never does learns nothing any more, and what it was given is
 * lost. All layers whose activation is relu are there.
 */
export async function unitActivity(model: Sequential, images: Tensor): Promise<readonly UnitActivity[]> {
  const layers = [...allLayers(model.layers)].filter(node => endsWithRelu(node) && node.outputShape.length > 0);
  if (layers.length === 0) return [];
  const sizes = layers.map(({ outputShape }) => outputShape.reduce((size, axis) => size * axis, 1));
  const perImage = sizes.reduce((sum, size) => sum + size, 0);
  const count = images.shape[0] ?? 0;
  const batch = Math.max(1, Math.min(count, Math.floor(mostValues / perImage)));
  const paths = layers.map(({ path }) => path);
  const fired = layers.map(({ outputShape }) => new Float64Array(outputShape.at(-1)!));
  for (let from = 0; from < count; from += batch) {
    const part = images.slice([from], [Math.min(batch, count - from)]);
    const found = await model.activations(part, paths);
    for (const [i, path] of paths.entries()) countFired(found[path]!.data, fired[i]!);
  }
  return layers.map(({ path }, i) => {
    const units = fired[i]!;
    const outputs = (count * sizes[i]!) / units.length;
    const firing = Array.from(units, times => times / outputs);
    return { layer: path, firing, dead: firing.flatMap((share, unit) => (share === 0 ? [unit] : [])) };
  });
}

/** The last axis is that of the units. */
function countFired(values: ArrayLike<number>, fired: Float64Array): void {
  for (let i = 0, unit = 0; i < values.length; i++) {
    if (values[i]! > 0) fired[unit]!++;
    unit = unit + 1 === fired.length ? 0 : unit + 1;
  }
}
