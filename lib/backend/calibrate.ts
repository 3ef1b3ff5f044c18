/** Which of the tiles of kernels/simd/tiles.ts is the faster on this machine: measured, since it depends on the engine. */
import type { SimdExports } from '../../kernels/simd/index.binding.ts';

/** Milliseconds; in the first of them the engine still optimizes the code. */
const duration = 8;
const [m, n, k] = [64, 64, 256];
const widths = [16, 8] as const;
const place = { a: 64, b: 65600, c: 131136, scratch: 147520 };

/** Columns of the faster tile: 16, or 8 where that is clearly better. The choice changes no bit. */
export function fasterTile(wasm: SimdExports): 8 | 16 {
  const best = { 8: Number.POSITIVE_INFINITY, 16: Number.POSITIVE_INFINITY };
  const end = performance.now() + duration;
  while (performance.now() < end) {
    for (const width of widths) {
      wasm.setTileWidth(width);
      const start = performance.now();
      wasm.matmulForward(place.a, place.b, place.c, m, n, k, 0, 0, 0, m, 0, n, place.scratch);
      best[width] = Math.min(best[width], performance.now() - start);
    }
  }
  return best[8] < 0.95 * best[16] ? 8 : 16;
}
