/** Window, stride, padding and stride numbers, computed once when a plan is made; kernels only read them. */

/** What is left out, the output is smaller by (`valid`), what is added around the input, or as many zeros as keep ceil(size / stride). */
export type Padding = 'valid' | 'same' | PaddingAmounts;
export interface PaddingAmounts {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
export type Pair = readonly [number, number];

/** A window moving over images: pooling. Sizes in elements. */
export interface Window2dGeometry {
  /** Images. */
  readonly n: number;
  /** Input rows, columns, channels. */
  readonly h: number;
  readonly w: number;
  readonly c: number;
  /** Window rows and columns. */
  readonly r: number;
  readonly s: number;
  /** Output rows and columns. */
  readonly p: number;
  readonly q: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/**
 * A convolution: a window over images with `k` output channels. In `groups` of equally many channels each output channel
 * reads the input channels of its own group alone; with as many groups as input channels it is a depthwise one.
 */
export interface Conv2dGeometry extends Window2dGeometry {
  readonly k: number;
  readonly groups: number;
}

/** y has `shape`; element strides of a and b along its axes, 0 where the operand is repeated. */
export interface BroadcastGeometry {
  readonly size: number;
  readonly shape: readonly number[];
  readonly aStrides: readonly number[];
  readonly bStrides: readonly number[];
}

/** The full side has `shape`; `strides` are the reduced side's element strides along its axes, 0 where it is reduced. */
export interface ReduceGeometry {
  /** Elements of the full side and of the reduced side. */
  readonly size: number;
  readonly reducedSize: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** y has `shape`; `strides` are the element strides of x along y's axes. */
export interface TransposeGeometry {
  readonly size: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** The large side has `shape`; the small side is its box of `size` at `begin`. */
export interface CropGeometry {
  readonly shape: readonly number[];
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** One axis of a tensor: `outer` elements in front of it, `length` along it, `inner` behind it. */
export interface AxisGeometry {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/**
 * x as [outer, rows, groups, width]: each outer index and group has a mean and a variance of its own, over rows and width.
 * Batch normalization has outer = width = 1, layer normalization rows = groups = 1.
 */
export interface NormalizationGeometry {
  readonly outer: number;
  readonly rows: number;
  readonly groups: number;
  readonly width: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether the mean is subtracted; where not, it is 0 and the variance the mean of the squares. */
  readonly isCentered: boolean;
}

/** A normalization and a relu behind it whose output is at most `most`: Infinity, or 6 for relu6. */
export interface NormalizationReluGeometry extends NormalizationGeometry {
  readonly most: number;
}

/** `count` places along an axis are read. */
export interface GatherGeometry extends AxisGeometry {
  readonly count: number;
}

/** The nearest element, or the mean of the two nearest, weighted by their nearness. */
export type Interpolation = 'nearest' | 'bilinear';

/** An axis of another length: place i of `count` lies at (i + 1/2) length / count - 1/2 of `length`. */
export interface ResizeGeometry extends AxisGeometry {
  readonly count: number;
  readonly interpolation: Interpolation;
}

/**
 * What lies outside of an image: one number (`constant`), the pixel at the edge (`nearest`), the image mirrored at its edge
 * (`reflect`: d c b a | a b c d | d c b a), or the image again (`wrap`: a b c d | a b c d).
 */
export type FillMode = 'constant' | 'nearest' | 'reflect' | 'wrap';

/** Images [n, h, w, c] are read at other places and become [n, p, q, c]. */
export interface ResampleGeometry {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly p: number;
  readonly q: number;
  readonly interpolation: Interpolation;
  readonly fillMode: FillMode;
  /** What there is outside with `constant`. */
  readonly fillValue: number;
  /** Whether each output is moved by itself, before the matrix. */
  readonly isShifted: boolean;
}

export interface WindowAxis {
  /** Output size; less than 1 if the window does not fit. */
  readonly output: number;
  readonly before: number;
  readonly after: number;
}

/**
 * One axis of a window: output size and zeros before and after. `same` follows TensorFlow: ceil(size / stride)
 * outputs, the odd zero at the end.
 */
export function windowAxis(
  size: number,
  window: number,
  stride: number,
  dilation: number,
  padding: 'valid' | 'same' | Pair,
): WindowAxis {
  const extent = dilation * (window - 1) + 1;
  if (padding === 'same') {
    const output = Math.ceil(size / stride);
    const zeros = Math.max(0, (output - 1) * stride + extent - size);
    const before = Math.floor(zeros / 2);
    return { output, before, after: zeros - before };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding;
  return { output: Math.floor((size + before + after - extent) / stride) + 1, before, after };
}

export interface WindowOptions {
  readonly window: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

/** Geometry of a window over [n, h, w, c] images. p or q is less than 1 where the window does not fit. */
export function window2dGeometry(
  [n, h, w, c]: readonly [number, number, number, number],
  { window, strides, dilation, padding }: WindowOptions,
): Window2dGeometry {
  const explicit = typeof padding === 'object';
  const rows = windowAxis(h, window[0], strides[0], dilation[0], explicit ? [padding.top, padding.bottom] : padding);
  const columns = windowAxis(w, window[1], strides[1], dilation[1], explicit ? [padding.left, padding.right] : padding);
  return {
    n,
    h,
    w,
    c,
    r: window[0],
    s: window[1],
    p: rows.output,
    q: columns.output,
    strideH: strides[0],
    strideW: strides[1],
    dilationH: dilation[0],
    dilationW: dilation[1],
    padTop: rows.before,
    padLeft: columns.before,
  };
}

/** Says which window lies in the padding alone, if there is one: it has neither a maximum nor a mean. */
export function emptyWindow(g: Window2dGeometry): string | undefined {
  const rows = emptyOnAxis(g.p, g.r, g.strideH, g.dilationH, g.padTop, g.h);
  const columns = emptyOnAxis(g.q, g.s, g.strideW, g.dilationW, g.padLeft, g.w);
  const [axis, place, size] = rows !== undefined ? ['row', rows, g.h] : ['column', columns, g.w];
  if (place === undefined) return undefined;
  return `the window of output ${axis} ${place} lies in the padding alone, outside of the ${size} ${axis}s of the input; use less padding`;
}

/** The first output whose window reads nothing of an axis. */
function emptyOnAxis(
  outputs: number,
  window: number,
  stride: number,
  dilation: number,
  before: number,
  size: number,
): number | undefined {
  for (let output = 0; output < outputs; output++) {
    let isEmpty = true;
    for (let tap = 0; tap < window; tap++) {
      const place = output * stride - before + tap * dilation;
      if (place >= 0 && place < size) isEmpty = false;
    }
    if (isEmpty) return output;
  }
  return undefined;
}

/** Geometry of a convolution of [n, h, w, c] images with `filters` output channels. */
export function conv2dGeometry(
  input: readonly [number, number, number, number],
  filters: number,
  options: WindowOptions,
  groups = 1,
): Conv2dGeometry {
  return { ...window2dGeometry(input, options), k: filters, groups };
}

/**
 * Geometry of the convolution whose transpose makes images with `filters` channels of [n, h, w, c]: its outputs have that
 * shape, and its inputs are as large as Keras says. `outputPadding` counts from the smallest size that has such outputs;
 * with padding `same` from (size - 1) stride, plus one for an odd window.
 */
export function conv2dTransposeGeometry(
  [n, h, w, c]: readonly [number, number, number, number],
  filters: number,
  { outputPadding, ...options }: WindowOptions & { readonly outputPadding?: Pair | undefined },
): Conv2dGeometry {
  const { window, strides, dilation, padding } = options;
  const zeros = typeof padding === 'object' ? [padding.top + padding.bottom, padding.left + padding.right] : [0, 0];
  const size = (axis: 0 | 1, input: number) => {
    const stride = strides[axis];
    const extent = dilation[axis] * (window[axis] - 1) + 1;
    const more = outputPadding?.[axis];
    if (padding === 'same') return more === undefined ? input * stride : (input - 1) * stride + (extent % 2) + more;
    const rest = padding === 'valid' ? Math.max(0, stride - extent) : 0;
    return (input - 1) * stride + extent - zeros[axis]! + (more ?? rest);
  };
  return conv2dGeometry([n, size(0, h), size(1, w), filters], c, options);
}

/** Row-major element strides of a dense tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides that read an operand of `shape` as if it had been broadcast to `to` (numpy's rule: aligned at the last axis). */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const dense = rowMajorStrides(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : dense[axis - missing]!));
}
