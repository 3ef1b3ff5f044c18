/**
 * Every kernel that a backend must have: its operands, its geometry and its meaning. This table is the one
 * source of the names; the types of the kernel functions, of plan calls and of the gradient table derive from it.
 *
 * Axis letters: N images, H W input rows and columns, C input channels, K output channels, R S window rows and
 * columns, P Q output rows and columns. Tensors are dense, row-major, NHWC; filters are [R, S, C, K].
 * A gradient is named `d` + the operand it belongs to. A name ending in `Forward` has a rule in the gradient table.
 * Outputs are overwritten, except those of `...Update` kernels, which are read and changed in place.
 */
import type {
  BroadcastGeometry,
  Conv2dGeometry,
  CropGeometry,
  ReduceGeometry,
  TransposeGeometry,
  Window2dGeometry,
} from './geometry.ts';

export type OperandType = 'float32' | 'int32' | 'uint8';
type Operands = { readonly [name: string]: OperandType };

export interface Signature<O extends Operands = Operands, I extends Operands = Operands, G = object> {
  readonly outputs: O;
  readonly inputs: I;
  /** The input whose memory the output may take over when nobody reads that input afterwards. */
  readonly inPlace?: string;
  /** Carries the geometry's type; never set. */
  readonly geometry?: G;
}

/** Elementwise kernels: `size` elements. */
export interface ElementsGeometry {
  readonly size: number;
}
/** A matrix of `rows` x `columns`, the last axis being the columns (channels, classes or features). */
export interface RowsGeometry {
  readonly rows: number;
  readonly columns: number;
}
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

const f32 = 'float32';
const i32 = 'int32';

const kernel =
  <G extends object>() =>
  <const O extends Operands, const I extends Operands>(
    outputs: O,
    inputs: I,
    inPlace?: keyof I & string,
  ): Signature<O, I, G> =>
    inPlace === undefined ? { outputs, inputs } : { outputs, inputs, inPlace };

const elements = kernel<ElementsGeometry>();
const rows = kernel<RowsGeometry>();
const window2d = kernel<Window2dGeometry>();
const conv2d = kernel<Conv2dGeometry>();
const convPool = kernel<Conv2dPoolGeometry>();
const broadcast = kernel<BroadcastGeometry>();

export const contract = {
  // Linear algebra
  /** c[M, N] = a' b'; see MatmulGeometry. */
  matmulForward: kernel<MatmulGeometry>()({ c: f32 }, { a: f32, b: f32 }),
  /** y[N, P, Q, K] = sum over r, s, c of x[N, p*strideH + r*dilationH - padTop, ...] w[r, s, c, K]; no bias. */
  conv2dForward: conv2d({ y: f32 }, { x: f32, w: f32 }),
  /** dx[N, H, W, C]: the transpose of conv2dForward applied to dy. */
  conv2dBackwardInput: conv2d({ dx: f32 }, { dy: f32, w: f32 }),
  /** dw[R, S, C, K] = sum over images and output positions of x (patch) times dy. */
  conv2dBackwardFilter: conv2d({ dw: f32 }, { x: f32, dy: f32 }),
  /** y = max(conv2dForward(x, w) + b, 0): made by lib/plan/fusion.ts of three calls, so it needs no gradient. */
  conv2dBiasRelu: conv2d({ y: f32 }, { x: f32, w: f32, b: f32 }),
  /** y = x + b, b of length `columns` repeated over the rows. */
  biasForward: rows({ y: f32 }, { x: f32, b: f32 }, 'x'),
  /** db = column sums of dy. */
  biasBackward: rows({ db: f32 }, { dy: f32 }),

  // Pooling: padding never takes part (neither in the maximum nor in the count of the average)
  maxPool2dForward: window2d({ y: f32 }, { x: f32 }),
  /** dy goes to the first element of each window (row by row) that equals the maximum y; overlapping windows add up. */
  maxPool2dBackward: window2d({ dx: f32 }, { dy: f32, x: f32, y: f32 }),
  /**
   * Max pooling of conv2dBiasRelu. where[N, P, Q, K] is the number of the first place in the window (row by row) that has
   * the maximum; -1 where the maximum is not positive, so that relu lets no gradient through. It is empty unless the
   * geometry remembers.
   */
  conv2dBiasReluMaxPool2d: convPool({ y: f32, where: i32 }, { x: f32, w: f32, b: f32 }),
  /** dx, the gradient before the relu: dy goes to where the maxima were; overlapping windows add up. */
  maxPool2dWhereBackward: window2d({ dx: f32 }, { dy: f32, where: i32 }),
  /** The gradients of w and b in conv2dBiasReluMaxPool2d, where nobody needs that of x. */
  conv2dMaxPool2dBackwardFilter: convPool({ dw: f32, db: f32 }, { x: f32, dy: f32, where: i32 }),
  averagePool2dForward: window2d({ y: f32 }, { x: f32 }),
  averagePool2dBackward: window2d({ dx: f32 }, { dy: f32 }),

  // Activations, gradients from the output y
  reluForward: elements({ y: f32 }, { x: f32 }, 'x'),
  reluBackward: elements({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /** y = x for x > 0, else alpha x (alpha >= 0). */
  leakyReluForward: kernel<ElementsGeometry & { alpha: number }>()({ y: f32 }, { x: f32 }, 'x'),
  leakyReluBackward: kernel<ElementsGeometry & { alpha: number }>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /** y = x for x > 0, else alpha (e^x - 1). */
  eluForward: kernel<ElementsGeometry & { alpha: number }>()({ y: f32 }, { x: f32 }, 'x'),
  eluBackward: kernel<ElementsGeometry & { alpha: number }>()({ dx: f32 }, { dy: f32, x: f32, y: f32 }, 'dy'),
  sigmoidForward: elements({ y: f32 }, { x: f32 }, 'x'),
  sigmoidBackward: elements({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  tanhForward: elements({ y: f32 }, { x: f32 }, 'x'),
  tanhBackward: elements({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /** Softmax over the columns of each row, with the row's maximum subtracted first. */
  softmaxForward: rows({ y: f32 }, { x: f32 }, 'x'),
  softmaxBackward: rows({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),

  // Regularization
  /**
   * y = x / (1 - rate) with probability 1 - rate, else 0. Element i is decided by word i mod 4 of
   * Philox4x32-10(key = random[0..1], counter = [floor(i / 4), stream, random[2], random[3]]): kept where
   * word >= floor(rate 2^32) as an unsigned number. Linear in x, so its gradient is itself, applied to dy.
   */
  dropoutForward: kernel<ElementsGeometry & { rate: number; stream: number }>()(
    { y: f32 },
    { x: f32, random: i32 },
    'x',
  ),
  /**
   * Krizhevsky 2012, section 3.3: y[c] = x[c] / (bias + alpha sum of x[j]^2)^beta, j from c - depthRadius to
   * c + depthRadius inside the channels.
   */
  localResponseNormalizationForward: kernel<LocalResponseGeometry>()({ y: f32 }, { x: f32 }),
  localResponseNormalizationBackward: kernel<LocalResponseGeometry>()({ dx: f32 }, { dy: f32, x: f32, y: f32 }),

  // Losses: one number a row
  /** probabilities = softmax(logits); loss[row] = -sum of targets log(probabilities). */
  softmaxCrossEntropyForward: rows({ loss: f32, probabilities: f32 }, { logits: f32, targets: f32 }),
  softmaxCrossEntropyBackward: rows({ dlogits: f32 }, { dloss: f32, probabilities: f32, targets: f32 }),
  /**
   * Cross-entropy of unnormalized probabilities (an output that is not a softmax): q = clip(x / sum of x, 1e-7,
   * 1 - 1e-7), loss[row] = -sum of targets log(q). The gradient is 0 where the clip is active.
   */
  crossEntropyForward: rows({ loss: f32 }, { x: f32, targets: f32 }),
  crossEntropyBackward: rows({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),
  /** probabilities = sigmoid(logits); loss[row] = mean over the columns of the binary cross-entropy. */
  sigmoidBinaryCrossEntropyForward: rows({ loss: f32, probabilities: f32 }, { logits: f32, targets: f32 }),
  sigmoidBinaryCrossEntropyBackward: rows({ dlogits: f32 }, { dloss: f32, probabilities: f32, targets: f32 }),
  /** The same for x that are probabilities already, clipped to 1e-7 ... 1 - 1e-7 (gradient 0 where clipped). */
  binaryCrossEntropyForward: rows({ loss: f32 }, { x: f32, targets: f32 }),
  binaryCrossEntropyBackward: rows({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),
  /** loss[row] = mean over the columns of (x - targets)^2. */
  meanSquaredErrorForward: rows({ loss: f32 }, { x: f32, targets: f32 }),
  meanSquaredErrorBackward: rows({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),

  // Metrics and labels: no gradient
  /** y[row, labels[row]] = 1, else 0; labels lie in 0 ... columns - 1. */
  oneHot: rows({ y: f32 }, { labels: i32 }),
  /** correct[row] = 1 where the first largest column of x is the first largest column of targets, else 0. */
  categoricalAccuracy: rows({ correct: f32 }, { x: f32, targets: f32 }),
  /** correct[row] = share of the columns in which (x > 0.5) equals (targets > 0.5). */
  binaryAccuracy: rows({ correct: f32 }, { x: f32, targets: f32 }),

  // Building blocks for losses and for layers that users define
  fill: kernel<ElementsGeometry & { value: number }>()({ y: f32 }, {}),
  /** y = factor x + offset. */
  affineForward: kernel<ElementsGeometry & { factor: number; offset: number }>()({ y: f32 }, { x: f32 }, 'x'),
  addForward: broadcast({ y: f32 }, { a: f32, b: f32 }),
  subtractForward: broadcast({ y: f32 }, { a: f32, b: f32 }),
  multiplyForward: broadcast({ y: f32 }, { a: f32, b: f32 }),
  divideForward: broadcast({ y: f32 }, { a: f32, b: f32 }),
  expForward: elements({ y: f32 }, { x: f32 }, 'x'),
  logForward: elements({ y: f32 }, { x: f32 }, 'x'),
  sqrtForward: elements({ y: f32 }, { x: f32 }, 'x'),
  absForward: elements({ y: f32 }, { x: f32 }, 'x'),
  /** dx = dy where x > 0, -dy where x < 0, 0 at 0. */
  absBackward: elements({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /** y = the sum of x over the reduced axes; see ReduceGeometry. */
  sumForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  /** The transpose of sumForward: x repeated along the reduced axes into y. */
  broadcastForward: kernel<ReduceGeometry>()({ y: f32 }, { x: f32 }),
  transposeForward: kernel<TransposeGeometry>()({ y: f32 }, { x: f32 }),
  /** y = the box of x that begins at `begin` and has the shape `size`. */
  cropForward: kernel<CropGeometry>()({ y: f32 }, { x: f32 }),
  /** The transpose of cropForward: zeros everywhere, x written into the box. */
  padForward: kernel<CropGeometry>()({ y: f32 }, { x: f32 }),

  // Optimizer steps: parameters and their state change in place; rate[0] is the step size
  /** w -= rate dw. */
  sgdUpdate: elements({ w: f32 }, { dw: f32, rate: f32 }),
  /** velocity = momentum velocity - rate dw; w += velocity, or, Nesterov, w += momentum velocity - rate dw. */
  momentumUpdate: kernel<ElementsGeometry & { momentum: number; nesterov: boolean }>()(
    { w: f32, velocity: f32 },
    { dw: f32, rate: f32 },
  ),
  /**
   * Kingma and Ba 2015, algorithm 1 in the order of its section 2: m += (1 - beta1)(dw - m),
   * v += (1 - beta2)(dw^2 - v), w -= rate m / (sqrt(v) + epsilon), the rate holding the bias correction.
   */
  adamUpdate: kernel<ElementsGeometry & { beta1: number; beta2: number; epsilon: number }>()(
    { w: f32, m: f32, v: f32 },
    { dw: f32, rate: f32 },
  ),
  /** v = rho v + (1 - rho) dw^2; step = momentum step + rate dw / sqrt(v + epsilon); w -= step. */
  rmspropUpdate: kernel<ElementsGeometry & { rho: number; momentum: number; epsilon: number }>()(
    { w: f32, v: f32, step: f32 },
    { dw: f32, rate: f32 },
  ),
} as const;

export interface LocalResponseGeometry extends RowsGeometry {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** The entries that a backend may have, and that the plan uses only where it has them; all others are ops, which each has. */
export const fusionNames = [
  'conv2dBiasRelu',
  'conv2dBiasReluMaxPool2d',
  'maxPool2dWhereBackward',
  'conv2dMaxPool2dBackwardFilter',
] as const satisfies readonly (keyof typeof contract)[];
export type FusionName = (typeof fusionNames)[number];

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

/** A full set of kernels: one that is missing is a type error. */
export type Kernels = { readonly [K in KernelName]: KernelFunction<K> };
/** Bytes of scratch memory a kernel needs for a geometry; kernels that need none are left out. */
export type ScratchBytes = { readonly [K in KernelName]?: (geometry: GeometryOf<K>) => number };
