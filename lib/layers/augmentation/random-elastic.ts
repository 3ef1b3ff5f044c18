import { exp } from '../../../kernels/math.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedOptions, finiteNumber, positiveNumber } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { geometricLayer } from './geometric.ts';
import { checkedSampling, type ImageChange, type SamplingOptions, samplingNames } from './ranges.ts';

export interface RandomElasticOptions<I extends Shape | undefined = Shape | undefined> extends SamplingOptions<I> {
  /** How far pixels are moved: the factor of the smoothed noise, in pixels; 34 if left out. */
  readonly alpha?: number;
  /** How alike neighbours are moved: the standard deviation of the smoothing, in pixels; 4 if left out. */
  readonly sigma?: number;
}

/**
 * Elastic distortion while training (Simard, Steinkraus and Platt 2003, section 2): each pixel is moved to both sides by
 * numbers drawn from -1 ... 1, smoothed by a Gaussian and multiplied by alpha. Their standard deviation is about
 * 0.16 alpha / sigma pixels. `randomElastic()` or `randomElastic({ alpha, sigma })`. Throws OptionError.
 */
export function randomElastic<const I extends Shape | undefined = undefined>(
  given: RandomElasticOptions<I> = {},
): ImageChange<I> {
  const options = checkedOptions<RandomElasticOptions<I>>('randomElastic', given, ['alpha', 'sigma', ...samplingNames]);
  const alpha = finiteNumber('randomElastic', 'alpha', options.alpha ?? 34);
  const sigma = positiveNumber('randomElastic', 'sigma', options.sigma ?? 4);
  const reading = checkedSampling('randomElastic', options);
  return geometricLayer('randomElastic', {
    className: 'RandomElastic',
    options,
    config: { alpha, sigma, ...reading },
    geometry: () => ({
      reading,
      isLast: true,
      place: (ops, x) => ({ map: [1, 0, 0, 0, 1, 0], shift: smoothNoise(ops, x, alpha, sigma) }),
    }),
  });
}

/**
 * The shift of `resample`, [h, n, 2, w]: the rows lie in front, so that the smoothing along both axes is a product of
 * matrices over all images at once.
 */
function smoothNoise(ops: LayerOps, x: Value, alpha: number, sigma: number): Value {
  const [n = 0, h = 0, w = 0] = x.shape;
  const noise: Value = ops.randomUniform([h, n * 2 * w], -1, 1);
  const rows: Value = ops.matmul(ops.constant(gaussian(h, sigma, 1)) as Value, noise);
  const both: Value = ops.matmul(ops.reshape(rows, [h * n * 2, w]) as Value, ops.constant(gaussian(w, sigma, alpha)));
  return ops.reshape(both, [h, n, 2, w]);
}

/**
 * The matrix [length, length] that smooths an axis with zeros beyond its ends, times a factor. The Gaussian goes to four
 * standard deviations, and its weights sum to 1.
 */
export function gaussian(length: number, sigma: number, factor: number): { shape: Shape; data: Float32Array } {
  const radius = Math.floor(4 * sigma + 0.5);
  const weight = (distance: number) => exp((-0.5 * distance * distance) / (sigma * sigma));
  let sum = 1;
  for (let distance = 1; distance <= radius; distance++) sum += 2 * weight(distance);
  const data = new Float32Array(length * length);
  for (let i = 0; i < data.length; i++) {
    const distance = Math.abs((i % length) - Math.floor(i / length));
    data[i] = distance > radius ? 0 : (factor * weight(distance)) / sum;
  }
  return { shape: [length, length], data };
}
