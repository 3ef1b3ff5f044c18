/**
 * Every kernel: its operands, its geometry and its meaning. This table is the one source of the names; the types of the
 * kernel functions, of plan calls and of the gradient table derive from it. What has a formula stands in kernels/formulas.
 *
 * Axis letters: N images, H W input rows and columns, C input channels, K output channels, R S window rows and
 * columns, P Q output rows and columns, G groups. Tensors are dense, row-major, NHWC; filters are [R, S, C / G, K].
 * A gradient is named `d` + the operand it belongs to. A name ending in `Forward` has a rule in the gradient table.
 * Outputs are overwritten, except those of `...Update` kernels, which are read and changed in place.
 */
import { formulaContract } from './generated/contract.ts';
import type {
  AxisGeometry,
  Conv2dGeometry,
  CropGeometry,
  GatherGeometry,
  NormalizationGeometry,
  NormalizationReluGeometry,
  ReduceGeometry,
  ResampleGeometry,
  ResizeGeometry,
  TransposeGeometry,
  Window2dGeometry,
} from './geometry.ts';
import {
  type ElementsGeometry,
  f32,
  i32,
  kernel,
  type Operands,
  type RowsGeometry,
  type Signature,
  u8,
} from './signature.ts';

export type { ElementsGeometry, OperandType, RowsGeometry, Signature } from './signature.ts';

/** A convolution whose output is pooled. */
export interface Conv2dPoolGeometry {
  readonly conv: Conv2dGeometry;
  readonly pool: Window2dGeometry;
  /** Whether forward says where the maxima were, for backward. */
  readonly remembers: boolean;
}
/** c[m, n] = sum over k of a'[m, k] b'[k, n], with a' = a transposed if `transposeA`, likewise b'. */
export interface MatmulGeometry {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const elements = kernel<ElementsGeometry>();
const rows = kernel<RowsGeometry>();
const norm = kernel<NormalizationGeometry>();
const normRelu = kernel<NormalizationReluGeometry>();
const window2d = kernel<Window2dGeometry>();
const conv2d = kernel<Conv2dGeometry>();
const convPool = kernel<Conv2dPoolGeometry>();

/** What has a structure of its own. */
const structural = {
  // Linear algebra
  /** c[M, N] = a' b'; see MatmulGeometry. */
  matmulForward: kernel<MatmulGeometry>()({ c: f32 }, { a: f32, b: f32 }),
  /**
   * y[N, P, Q, K] = sum over r, s, c of x[N, p*strideH + r*dilationH - padTop, ...] w[r, s, c, K]; no bias. Output channel
   * k lies in group floor(k G / K), and c goes over the C / G input channels of that group.
   */
  conv2dForward: conv2d({ y: f32 }, { x: f32, w: f32 }),
  /** dx[N, H, W, C]: the transpose of conv2dForward applied to dy. */
  conv2dBackwardInput: conv2d({ dx: f32 }, { dy: f32, w: f32 }),
  /** dw[R, S, C / G, K] = sum over images and output positions of x (patch) times dy. */
  conv2dBackwardFilter: conv2d({ dw: f32 }, { x: f32, dy: f32 }),
  /** conv2dBackwardInput as an operation of its own: x[N, P, Q, K] -> y[N, H, W, C] with the filters [R, S, C, K]. */
  conv2dTransposeForward: conv2d({ y: f32 }, { x: f32, w: f32 }),
  /** y = x + b, b of length `columns` repeated over the rows. */
  biasForward: rows({ y: f32 }, { x: f32, b: f32 }, 'x'),
  /** db = column sums of dy. */
  biasBackward: rows({ db: f32 }, { dy: f32 }),

  // Pooling: padding never takes part (neither in the maximum nor in the count of the average)
  maxPool2dForward: window2d({ y: f32 }, { x: f32 }),
  /** dy goes to the first element of each window (row by row) that equals the maximum y; overlapping windows add up. */
  maxPool2dBackward: window2d({ dx: f32 }, { dy: f32, x: f32, y: f32 }),
  averagePool2dForward: window2d({ y: f32 }, { x: f32 }),
  averagePool2dBackward: window2d({ dx: f32 }, { dy: f32 }),

  // Regularization
  /**
   * y = x / (1 - rate) with probability 1 - rate, else 0; 0 <= rate < 1. Element i is decided by word i mod 4 of
   * Philox4x32-10(key = random[0..1], counter = [floor(i / 4), stream, random[2], random[3]]): kept where
   * word >= floor(rate 2^32) as an unsigned number. Linear in x, so its gradient is itself, applied to dy.
   */
  dropoutForward: kernel<ElementsGeometry & { stream: number }>()({ y: f32 }, { x: f32, random: i32, rate: f32 }, 'x'),
  /**
   * Krizhevsky 2012, section 3.3: y[c] = x[c] / (bias + alpha sum of x[j]^2)^beta, j from c - depthRadius to
   * c + depthRadius inside the channels.
   */
  localResponseNormalizationForward: kernel<LocalResponseGeometry>()({ y: f32 }, { x: f32 }),
  localResponseNormalizationBackward: kernel<LocalResponseGeometry>()({ dx: f32 }, { dy: f32, x: f32, y: f32 }),

  // Normalization
  /**
   * y = (x - mean) / sqrt(variance + epsilon) gamma + beta, with the biased variance (Ioffe and Szegedy 2015, algorithm 1).
   * mean and variance are [outer, groups], gamma and beta [groups, width]; see NormalizationGeometry.
   */
  normalizationForward: norm({ y: f32, mean: f32, variance: f32 }, { x: f32, gamma: f32, beta: f32 }),
  /** The gradients of y, through mean and variance as well. */
  normalizationBackward: norm(
    { dx: f32, dgamma: f32, dbeta: f32 },
    { dy: f32, x: f32, mean: f32, variance: f32, gamma: f32 },
  ),
  /** y = x scale + shift, both of length `columns` and repeated over the rows. */
  scaleShiftForward: rows({ y: f32 }, { x: f32, scale: f32, shift: f32 }, 'x'),

  // Labels: no gradient
  /** y[row, labels[row]] = 1, else 0; a row of zeros for a label outside of 0 ... columns - 1. */
  oneHot: rows({ y: f32 }, { labels: i32 }),

  // Types: no gradient
  castFromUint8: elements({ y: f32 }, { x: u8 }),
  castFromInt32: elements({ y: f32 }, { x: i32 }),
  /** Cut toward zero and kept within the range of int32; NaN gives 0. */
  castToInt32: elements({ y: i32 }, { x: f32 }),

  // Random numbers, from the words of dropoutForward: word i is that which would decide element i
  /** y[i] = min + (max - min) u(word i), with u(word) = floor(word / 256) / 2^24 in 0 <= u < 1. */
  randomUniform: kernel<ElementsGeometry & { stream: number; min: number; max: number }>()({ y: f32 }, { random: i32 }),
  /**
   * Box and Muller 1958. With r = sqrt(-2 log(1 - u(word 2 j))) and t = 2 pi u(word 2 j + 1):
   * y[2 j] = mean + deviation r cos t, y[2 j + 1] = mean + deviation r sin t.
   */
  randomNormal: kernel<ElementsGeometry & { stream: number; mean: number; deviation: number }>()(
    { y: f32 },
    { random: i32 },
  ),

  // Layout
  /** y = base, with x in the box of `size` at `begin`; see CropGeometry. */
  insertForward: kernel<CropGeometry>()({ y: f32 }, { base: f32, x: f32 }, 'base'),
  /** y[o, i, c] = x[o, indices[i], c]; zeros for an index outside of 0 ... length - 1. */
  gatherForward: kernel<GatherGeometry>()({ y: f32 }, { x: f32, indices: i32 }),
  /** dx[o, l, c] = the sum of dy[o, i, c] over all i with indices[i] = l, in the order of i. */
  gatherBackward: kernel<GatherGeometry>()({ dx: f32 }, { dy: f32, indices: i32 }),
  /**
   * y[o, i, c] from place t = (i + 1/2) length / count of the axis, in float32: nearest is x[o, floor(t), c]; bilinear goes
   * straight from the element in front of t - 1/2 to the one behind it, of which there is one alone beyond the ends.
   */
  resizeForward: kernel<ResizeGeometry>()({ y: f32 }, { x: f32 }),
  /** The transpose of resizeForward, in the order of i. */
  resizeBackward: kernel<ResizeGeometry>()({ dx: f32 }, { dy: f32 }),
  /**
   * y[n, p, q, c] = x[n] at column u and row v, with [u, v] = [[m0, m1, m2], [m3, m4, m5]] [q', p', 1] and the matrix
   * [6, N], in float32. q' is q + shift[p, n, 0, q] and p' is p + shift[p, n, 1, q] if `isShifted`, else q and p, and
   * the shift is not read. Nearest is x at floor(u + 1/2) and floor(v + 1/2); bilinear goes straight between the four
   * pixels around. The matrix and the shift have no gradient.
   */
  resampleForward: kernel<ResampleGeometry>()({ y: f32 }, { x: f32, matrix: f32, shift: f32 }),
  /** The transpose of resampleForward as a function of x, in the order of p and q. */
  resampleBackward: kernel<ResampleGeometry>()({ dx: f32 }, { dy: f32, matrix: f32, shift: f32 }),
  /** The largest element over the reduced axes, NaN if there is one; see ReduceGeometry. */
  maxForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  minForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  /** y[o, c] = the first l at which x[o, l, c] is largest, or NaN; no gradient. */
  argmax: kernel<AxisGeometry>()({ y: i32 }, { x: f32 }),
  argmin: kernel<AxisGeometry>()({ y: i32 }, { x: f32 }),
  /** y = the sum of x over the reduced axes; see ReduceGeometry. */
  sumForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  /** The transpose of sumForward: x repeated along the reduced axes into y. */
  broadcastForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  transposeForward: kernel<TransposeGeometry>()({ y: f32 }, { x: f32 }),
  /** y = the box of x that begins at `begin` and has the shape `size`. */
  cropForward: kernel<CropGeometry>()({ y: f32 }, { x: f32 }),
  /** The transpose of cropForward: zeros everywhere, x written into the box. */
  padForward: kernel<CropGeometry>()({ y: f32 }, { x: f32 }),
} as const;

/** What a backend may have; lib/plan/fusion.ts puts it in the place of several ops, so it needs no gradient. */
const fusions = {
  /** y = max(conv2dForward(x, w) + b, 0): three calls in one. */
  conv2dBiasRelu: conv2d({ y: f32 }, { x: f32, w: f32, b: f32 }),
  /** y = conv2dForward(x, w) + b. */
  conv2dBias: conv2d({ y: f32 }, { x: f32, w: f32, b: f32 }),
  /** y = conv2dForward(x, w) + b + other: the end of a residual block. */
  conv2dBiasAdd: conv2d({ y: f32 }, { x: f32, w: f32, b: f32, other: f32 }),
  /** y = max(conv2dForward(x, w) + b + other, 0). */
  conv2dBiasAddRelu: conv2d({ y: f32 }, { x: f32, w: f32, b: f32, other: f32 }),
  /**
   * Max pooling of conv2dBiasRelu. where[N, P, Q, K] is the number of the first place in the window (row by row) that has
   * the maximum; -1 where the maximum is not positive, so that relu lets no gradient through. It is empty unless the
   * geometry remembers.
   */
  conv2dBiasReluMaxPool2d: convPool({ y: f32, where: i32 }, { x: f32, w: f32, b: f32 }),
  /** dx, the gradient before the relu: dy goes to where the maxima were; overlapping windows add up. */
  maxPool2dWhereBackward: window2d({ dx: f32 }, { dy: f32, where: i32 }),
  /** normalizationForward and relu: y = min(max(y, 0), most). */
  normalizationRelu: normRelu({ y: f32, mean: f32, variance: f32 }, { x: f32, gamma: f32, beta: f32 }),
  /** Its gradients; where the relu lets one through follows from what forward is given, computed again to the same bits. */
  normalizationReluBackward: normRelu(
    { dx: f32, dgamma: f32, dbeta: f32 },
    { dy: f32, x: f32, mean: f32, variance: f32, gamma: f32, beta: f32 },
  ),
  /** normalizationForward, and another operand of the same shape added: the end of a residual block. */
  normalizationAdd: norm({ y: f32, mean: f32, variance: f32 }, { x: f32, gamma: f32, beta: f32, other: f32 }),
  /** normalizationAdd and relu. */
  normalizationAddRelu: norm({ y: f32, mean: f32, variance: f32 }, { x: f32, gamma: f32, beta: f32, other: f32 }),
  /** Its gradients; dother is also that of the sum. */
  normalizationAddReluBackward: norm(
    { dother: f32, dx: f32, dgamma: f32, dbeta: f32 },
    { dy: f32, y: f32, x: f32, mean: f32, variance: f32, gamma: f32 },
  ),
  /** y = factor x + offset: pixels are scaled as they are read. */
  castFromUint8Affine: kernel<ElementsGeometry & { factor: number; offset: number }>()({ y: f32 }, { x: u8 }),
  /** The gradients of w and b in conv2dBiasReluMaxPool2d, where nobody needs that of x. */
  conv2dMaxPool2dBackwardFilter: convPool({ dw: f32, db: f32 }, { x: f32, dy: f32, where: i32 }),
} as const;

/** What every backend has, forward and backward. */
const ops = { ...formulaContract, ...structural } as const;

export const contract = { ...ops, ...fusions } as const;

export interface LocalResponseGeometry extends RowsGeometry {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

export type OpName = keyof typeof ops;
export type FusionName = keyof typeof fusions;
export const fusionNames = Object.keys(fusions) as readonly FusionName[];

export type Contract = typeof contract;
export type KernelName = keyof Contract;
export type ForwardKernelName = Extract<KernelName, `${string}Forward`>;
export type OutputName<K extends KernelName> = keyof Contract[K]['outputs'] & string;
export type InputName<K extends KernelName> = keyof Contract[K]['inputs'] & string;
export type GeometryOf<K extends KernelName> = Contract[K] extends Signature<Operands, Operands, infer G> ? G : never;

export interface OperandViews {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
}
type Views<O extends Operands> = { readonly [N in keyof O]: OperandViews[O[N]] };
export type OutputViews<K extends KernelName> = Views<Contract[K]['outputs']>;
export type InputViews<K extends KernelName> = Views<Contract[K]['inputs']>;

/** `scratch` has at least the number of bytes that the backend asked for (ScratchBytes); its content is arbitrary. */
export type KernelFunction<K extends KernelName> = (
  outputs: OutputViews<K>,
  inputs: InputViews<K>,
  geometry: GeometryOf<K>,
  scratch: Float64Array,
) => void;

/** All ops and all fusions. */
export type Definitions = { readonly [K in KernelName]: KernelFunction<K> };
/** A set of kernels: an op that is missing is a type error. */
export type Kernels = { readonly [K in OpName]: KernelFunction<K> } & {
  readonly [K in FusionName]?: KernelFunction<K>;
};

/** The fusions that a set of kernels has. */
export const fusionsOf = (kernels: { readonly [K in FusionName]?: unknown }): readonly FusionName[] =>
  fusionNames.filter(name => kernels[name] !== undefined);
/** Bytes of scratch memory a kernel needs for a geometry; kernels that need none are left out. */
export type ScratchBytes = { readonly [K in KernelName]?: (geometry: GeometryOf<K>) => number };
