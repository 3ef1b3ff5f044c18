import { cos } from '../../kernels/math.ts';

/** Falls from 1 to 0 along half a cosine while `share` goes from 0 to 1; the same bits on every engine. */
export const halfCosine = (share: number): number => 0.5 * (1 + cos(Math.PI * share));
