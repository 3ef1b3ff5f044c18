/** What RandAugment and AugMix choose from, and how each image gets the change that is chosen for it. */
import type { Interpolation, Pair } from '../../../kernels/geometry.ts';
import type { Operand } from '../../plan/emitter.ts';
import type { Value } from '../../plan/graph.ts';
import type { Layer } from '../layer.ts';
import type { LayerOps } from '../outcome.ts';
import { type Affine, matrixOf, plus, times } from './affine.ts';
import { autoContrast, randomColorDegeneration, randomSharpness, solarization } from './color-changes.ts';
import { equalization } from './equalization.ts';
import { type Geometry, geometryOf } from './geometric.ts';
import { randomRotation, randomShear, randomTranslation } from './random-affine.ts';
import { perImage, randomBrightness, randomContrast } from './random-color.ts';
import { randomPosterization } from './random-posterization.ts';

interface Strength {
  readonly factor: Pair;
  readonly valueRange: Pair;
  readonly interpolation: Interpolation;
}

/** The changes that leave brightness and color as they are, with the factors that Keras gives them. */
export const plainChanges = ({ factor, valueRange, interpolation }: Strength): readonly Layer[] => [
  randomShear({ xFactor: factor, yFactor: factor, interpolation }),
  randomTranslation({ heightFactor: factor, widthFactor: factor, interpolation }),
  randomRotation({ factor, interpolation }),
  randomPosterization({ factor: Math.max(1, Math.floor(8 * factor[1])), valueRange }),
  solarization({ additionFactor: factor, thresholdFactor: factor, valueRange }),
  autoContrast({ valueRange }),
  equalization({ valueRange }),
];

/** These, and the other ones, for images in red, green and blue. */
export function allChanges(strength: Strength): readonly Layer[] {
  const { factor, valueRange } = strength;
  return [
    ...plainChanges(strength),
    randomBrightness({ factor, valueRange }),
    randomColorDegeneration({ factor, valueRange }),
    randomContrast({ factor, valueRange }),
    randomSharpness({ factor, valueRange }),
  ];
}

/** One of `count` whole numbers from 0 on for each image, all alike: [n, 1, 1, 1]. */
export const drawnPlace = (ops: LayerOps, x: Value, count: number): Value => ops.floor(perImage(ops, x, [0, count]));

/** Each image changed by the layer whose place is chosen for it, by none for a place that no layer has. */
export function changedByOne(ops: LayerOps, x: Value, layers: readonly Layer[], places: Value): Value {
  const choices = layers.map((layer, place) => {
    const isChosen: Value = ops.equal(places, place);
    return { layer, isChosen, geometry: geometryOf(layer, x.shape.slice(1)) };
  });
  const moves = choices.flatMap(({ geometry, isChosen }) => (geometry === undefined ? [] : [{ geometry, isChosen }]));
  return choices
    .filter(({ geometry }) => geometry === undefined)
    .reduce((y, { layer, isChosen }) => ops.where(isChosen, layer.forward(ops, x, {}), y), movedByOne(ops, x, moves));
}

const identity: Affine = [1, 0, 0, 0, 1, 0];

/** The images read once, at the places of the geometry that is chosen for each: all of them read pixels in the same way. */
function movedByOne(
  ops: LayerOps,
  x: Value,
  moves: readonly { readonly geometry: Geometry; readonly isChosen: Value }[],
): Value {
  const [n = 0, h = 0, w = 0] = x.shape;
  const terms = moves.map(({ geometry, isChosen }) => {
    const { map } = geometry.place(ops, x);
    const share: Value = ops.reshape(isChosen, [n]);
    return map.map((each, i) => times(ops, share, plus(ops, each, -(identity[i] as number))));
  });
  const sum = (i: number): Operand => terms.reduce((all: Operand, term) => plus(ops, all, term[i]!), identity[i]!);
  const matrix = matrixOf(ops, [sum(0), sum(1), sum(2), sum(3), sum(4), sum(5)], n);
  return ops.resample(x, matrix, { ...moves[0]!.geometry.reading, size: [h, w] });
}
