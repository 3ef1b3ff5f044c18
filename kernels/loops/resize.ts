import type { KernelFunction } from '../contract.ts';
import type { ResizeGeometry } from '../geometry.ts';

interface Place {
  /** The elements that an output lies between. */
  readonly before: number;
  readonly behind: number;
  /** The share of the second one. */
  readonly share: number;
}

/** Where an output lies; in float32, as in TensorFlow, so that the nearest element is the same. */
function placeOf(i: number, { length, count, interpolation }: ResizeGeometry): Place {
  const middle = Math.fround((i + 0.5) * Math.fround(length / count));
  const inside = (place: number) => Math.min(Math.max(place, 0), length - 1);
  if (interpolation === 'nearest') {
    const nearest = inside(Math.floor(middle));
    return { before: nearest, behind: nearest, share: 0 };
  }
  const place = Math.fround(middle - 0.5);
  const before = Math.floor(place);
  return { before: inside(before), behind: inside(Math.ceil(place)), share: place - before };
}

export const resizeForward: KernelFunction<'resizeForward'> = ({ y }, { x }, geometry) => {
  const { outer, length, inner, count } = geometry;
  for (let i = 0; i < count; i++) {
    const { before, behind, share } = placeOf(i, geometry);
    for (let o = 0; o < outer; o++) {
      const [first, second, to] = [
        (o * length + before) * inner,
        (o * length + behind) * inner,
        (o * count + i) * inner,
      ];
      for (let c = 0; c < inner; c++) y[to + c] = x[first + c]! + (x[second + c]! - x[first + c]!) * share;
    }
  }
};

export const resizeBackward: KernelFunction<'resizeBackward'> = ({ dx }, { dy }, geometry) => {
  const { outer, length, inner, count } = geometry;
  dx.fill(0);
  for (let i = 0; i < count; i++) {
    const { before, behind, share } = placeOf(i, geometry);
    for (let o = 0; o < outer; o++) {
      const [first, second, from] = [
        (o * length + before) * inner,
        (o * length + behind) * inner,
        (o * count + i) * inner,
      ];
      for (let c = 0; c < inner; c++) {
        dx[first + c] = dx[first + c]! + dy[from + c]! * (1 - share);
        if (share > 0) dx[second + c] = dx[second + c]! + dy[from + c]! * share;
      }
    }
  }
};
