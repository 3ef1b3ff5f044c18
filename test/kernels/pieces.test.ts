/** The WebAssembly kernels at sizes at which work is split: the same bits for any number of pieces, and those of the loops. */
import t from 'tap';
import { contract, type KernelName, type Signature } from '../../kernels/contract.ts';
import { conv2dGeometry, window2dGeometry } from '../../kernels/geometry.ts';
import { loops, loopsScratchBytes } from '../../kernels/loops/index.ts';
import {
  placed,
  reservedBytes,
  type SimdCall,
  type SimdScratch,
  type SimdStage,
  simdBindings,
  simdScratch,
} from '../../kernels/simd/index.binding.ts';
import { memory, wasm } from './wasm.ts';

type AnyBinding = (call: SimdCall<KernelName>) => SimdStage[];
type AnyScratch = ((geometry: object, pieces: number) => SimdScratch) | undefined;
type Views = { readonly [name: string]: Float32Array | Int32Array | Uint8Array };
type AnyKernel = (outputs: Views, inputs: Views, geometry: object, scratch: Float64Array) => void;
type Row = readonly [kernel: KernelName, geometry: object, inputs: Sizes, outputs: Sizes];
type Sizes = { readonly [operand: string]: number };

const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

/** Views of memory, one behind the other; operands of labels and of random numbers are integers. */
function allocate(sizes: Sizes, types: Signature['inputs'], start: number): { views: Views; end: number } {
  let end = start;
  const views = Object.entries(sizes).map(([name, size]) => {
    const view = new arrays[types[name]!](memory.buffer, end, size);
    end += Math.ceil((4 * size + 64) / 64) * 64;
    return [name, view];
  });
  return { views: Object.fromEntries(views), end };
}

/** Numbers between 0.05 and 0.95, or whole numbers below 7. */
function fillInputs(inputs: Views): void {
  let state = 1;
  for (const view of Object.values(inputs)) {
    for (let i = 0; i < view.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      view[i] = view instanceof Float32Array ? 0.05 + (0.9 * state) / 2 ** 32 : Math.floor((7 * state) / 2 ** 32);
    }
  }
}

const addresses = (views: Views): { readonly [name: string]: number } =>
  Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.byteOffset]));

interface Result {
  readonly outputs: Views;
  /** The most pieces of a stage. */
  readonly pieces: number;
}

/** What a kernel gives when `pieces` pieces are asked for, and three of them have memory of their own in turns. */
function run([kernel, geometry, inputs, outputs]: Row, pieces: number): Result {
  const signature: Signature = contract[kernel];
  const given = allocate(inputs, signature.inputs, reservedBytes);
  const made = allocate(outputs, signature.outputs, given.end);
  new Float32Array(memory.buffer, given.end).fill(Number.NaN);
  fillInputs(given.views);
  const { shared = 0, each = 0 } = (simdScratch[kernel] as AnyScratch)?.(geometry, pieces) ?? {};
  const place = made.end + Math.ceil(shared / 64) * 64;
  const scratch = Array.from({ length: 3 }, (_, i) => place + i * Math.ceil(each / 64) * 64);
  const [from, to] = [addresses(given.views), addresses(made.views)];
  const call = { outputs: to, inputs: from, geometry: geometry as never, shared: made.end, pieces };
  const stages = (simdBindings[kernel] as AnyBinding)(call);
  // The last piece first: the order must not matter.
  for (const stage of stages) {
    for (const [i, piece] of stage.toReversed().entries()) {
      for (const [name, ...numbers] of piece) wasm[name](...placed(numbers, scratch[i % 3]!));
    }
  }
  return {
    outputs: Object.fromEntries(Object.entries(made.views).map(([name, view]) => [name, view.slice()])),
    pieces: Math.max(...stages.map(stage => stage.length)),
  };
}

function byLoops([kernel, geometry, inputs, outputs]: Row): Views {
  const signature: Signature = contract[kernel];
  const given = allocate(inputs, signature.inputs, reservedBytes);
  fillInputs(given.views);
  const made = Object.fromEntries(
    Object.entries(outputs).map(([name, size]) => [name, new arrays[signature.outputs[name]!](size).fill(0)]),
  );
  const bytes = (loopsScratchBytes[kernel] as ((geometry: object) => number) | undefined)?.(geometry) ?? 0;
  (loops[kernel] as AnyKernel)(made, given.views, geometry, new Float64Array(Math.ceil(bytes / 8)));
  return made;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Views[string]) => Buffer.from(buffer, byteOffset, byteLength);

/** The names of the operands in which a bit differs. */
const differing = (got: Views, expected: Views): readonly string[] =>
  Object.entries(expected)
    .filter(([name, view]) => !bytesOf(view).equals(bytesOf(got[name]!)))
    .map(([name]) => name);

function difference(got: Views, expected: Views): number {
  let worst = 0;
  for (const [name, view] of Object.entries(expected)) {
    let scale = 1e-30;
    for (const value of view) scale = Math.max(scale, Math.abs(value));
    for (const [i, value] of view.entries()) {
      const off = Math.abs(got[name]![i]! - value) / scale;
      worst = off <= worst ? worst : off;
    }
  }
  return worst;
}

const size = 20_003;
const [rows, columns] = [701, 37];
const matrix = rows * columns;
const window = window2dGeometry([5, 13, 11, 21], {
  window: [3, 2],
  strides: [2, 1],
  dilation: [1, 2],
  padding: 'same',
});
const [full, pooled] = [5 * 13 * 11 * 21, 5 * window.p * window.q * 21];
const response = { rows, columns, depthRadius: 2, bias: 1, alpha: 0.1, beta: 0.75 };
const box = { shape: [7, 41, 50, 9], begin: [0, 3, 1, 0], size: [7, 37, 45, 9] };
const [boxShape, boxSize] = [7 * 41 * 50 * 9, 7 * 37 * 45 * 9];
const reduce = (shape: number[], strides: number[], reducedSize: number) => ({
  size: shape.reduce((product, axis) => product * axis, 1),
  reducedSize,
  shape,
  strides,
});

const elementwise: Row[] = [
  ['sigmoidForward', { size }, { x: size }, { y: size }],
  ['tanhForward', { size }, { x: size }, { y: size }],
  ['expForward', { size }, { x: size }, { y: size }],
  ['logForward', { size }, { x: size }, { y: size }],
  ['eluForward', { size, alpha: 0.5 }, { x: size }, { y: size }],
  ['eluBackward', { size, alpha: 0.5 }, { dy: size, x: size, y: size }, { dx: size }],
  ['leakyReluBackward', { size, alpha: 0.5 }, { dy: size, x: size }, { dx: size }],
  ['affineForward', { size, factor: 2, offset: 1 }, { x: size }, { y: size }],
  ['fill', { size, value: 3 }, {}, { y: size }],
  ['dropoutForward', { size, stream: 2 }, { x: size, random: 4, rate: 1 }, { y: size }],
  ['biasForward', { rows, columns }, { x: matrix, b: columns }, { y: matrix }],
  ['biasBackward', { rows, columns }, { dy: matrix }, { db: columns }],
  ['scaleShiftForward', { rows, columns }, { x: matrix, scale: columns, shift: columns }, { y: matrix }],
  ['movingAverage', { size, momentum: 0.9, share: 0.1 }, { average: size, x: size }, { y: size }],
];
const byRows: Row[] = [
  ['softmaxForward', { rows, columns }, { x: matrix }, { y: matrix }],
  ['softmaxBackward', { rows, columns }, { dy: matrix, y: matrix }, { dx: matrix }],
  [
    'softmaxCrossEntropyForward',
    { rows, columns },
    { logits: matrix, targets: matrix },
    { loss: rows, probabilities: matrix },
  ],
  [
    'softmaxCrossEntropyBackward',
    { rows, columns },
    { dloss: rows, probabilities: matrix, targets: matrix },
    { dlogits: matrix },
  ],
  ['crossEntropyForward', { rows, columns }, { x: matrix, targets: matrix }, { loss: rows }],
  ['crossEntropyBackward', { rows, columns }, { dloss: rows, x: matrix, targets: matrix }, { dx: matrix }],
  [
    'sigmoidBinaryCrossEntropyForward',
    { rows, columns },
    { logits: matrix, targets: matrix },
    { loss: rows, probabilities: matrix },
  ],
  ['binaryCrossEntropyForward', { rows, columns }, { x: matrix, targets: matrix }, { loss: rows }],
  ['binaryCrossEntropyBackward', { rows, columns }, { dloss: rows, x: matrix, targets: matrix }, { dx: matrix }],
  ['meanSquaredErrorForward', { rows, columns }, { x: matrix, targets: matrix }, { loss: rows }],
  ['meanSquaredErrorBackward', { rows, columns }, { dloss: rows, x: matrix, targets: matrix }, { dx: matrix }],
  ['oneHot', { rows, columns }, { labels: rows }, { y: matrix }],
  ['categoricalAccuracy', { rows, columns }, { x: matrix, targets: matrix }, { correct: rows }],
  ['binaryAccuracy', { rows, columns }, { x: matrix, targets: matrix }, { correct: rows }],
  ['localResponseNormalizationForward', response, { x: matrix }, { y: matrix }],
  ['localResponseNormalizationForward', { ...response, beta: 0.6 }, { x: matrix }, { y: matrix }],
  ['localResponseNormalizationBackward', response, { dy: matrix, x: matrix, y: matrix }, { dx: matrix }],
  ['averagePool2dForward', window, { x: full }, { y: pooled }],
  ['averagePool2dBackward', window, { dy: pooled }, { dx: full }],
];
const square = { size: 90 * 110, shape: [90, 110] };
const byAxes: Row[] = [
  ['addForward', { size, shape: [size], aStrides: [1], bStrides: [0] }, { a: size, b: 1 }, { y: size }],
  ['subtractForward', { ...square, aStrides: [110, 1], bStrides: [0, 1] }, { a: 9900, b: 110 }, { y: 9900 }],
  ['multiplyForward', { ...square, aStrides: [1, 0], bStrides: [110, 1] }, { a: 90, b: 9900 }, { y: 9900 }],
  ['divideForward', { ...square, aStrides: [1, 90], bStrides: [110, 1] }, { a: 9900, b: 9900 }, { y: 9900 }],
  ['sumForward', reduce([size], [0], 1), { x: size }, { y: 1 }],
  ['sumForward', reduce([50, 50, 39], [1, 0, 0], 50), { x: 97_500 }, { y: 50 }],
  ['sumForward', reduce([50, 50, 39], [0, 39, 1], 50 * 39), { x: 97_500 }, { y: 50 * 39 }],
  ['sumForward', reduce([50, 50, 39], [39, 0, 1], 50 * 39), { x: 97_500 }, { y: 50 * 39 }],
  ['sumForward', reduce([50, 50, 39], [0, 1, 0], 50), { x: 97_500 }, { y: 50 }],
  ['broadcastForward', reduce([50, 50, 39], [0, 1, 0], 50), { x: 50 }, { y: 97_500 }],
  ['broadcastForward', reduce([50, 50, 39], [39, 0, 1], 50 * 39), { x: 50 * 39 }, { y: 97_500 }],
  ['transposeForward', { ...square, strides: [1, 90] }, { x: 9900 }, { y: 9900 }],
  ['transposeForward', { size: 97_500, shape: [50, 39, 50], strides: [1950, 1, 39] }, { x: 97_500 }, { y: 97_500 }],
  ['transposeForward', { size: 97_500, shape: [39, 50, 50], strides: [1, 1950, 39] }, { x: 97_500 }, { y: 97_500 }],
  ['cropForward', box, { x: boxShape }, { y: boxSize }],
  ['padForward', box, { x: boxSize }, { y: boxShape }],
];

/**
 * Winograd's tiles, a blocked product of windows, few channels, groups, depthwise without and with a multiplier; with
 * fewer images than pieces too.
 */
const convolutions = [
  { channels: 16, stride: 1 },
  { channels: 16, stride: 2 },
  { channels: 1, stride: 1 },
  { channels: 12, stride: 1, groups: 3 },
  { channels: 24, stride: 1, groups: 24 },
  { channels: 24, stride: 2, groups: 24 },
  { channels: 12, stride: 1, groups: 12 },
  { images: 3, channels: 16, stride: 1 },
  { images: 3, channels: 16, stride: 2 },
].flatMap(({ images = 27, channels, stride, groups = 1 }): Row[] => {
  const options = { window: [3, 3], strides: [stride, stride], dilation: [1, 1], padding: 'same' } as const;
  const g = conv2dGeometry([images, 12, 12, channels], 24, options, groups);
  const [x, w, y] = [g.n * g.h * g.w * g.c, (g.r * g.s * g.c * g.k) / groups, g.n * g.p * g.q * g.k];
  const pool = window2dGeometry([g.n, g.p, g.q, g.k], {
    window: [2, 2],
    strides: [2, 2],
    dilation: [1, 1],
    padding: 'valid',
  });
  const pooledSize = g.n * pool.p * pool.q * g.k;
  return [
    ['conv2dForward', g, { x, w }, { y }],
    ['conv2dBackwardInput', g, { dy: y, w }, { dx: x }],
    ['conv2dTransposeForward', g, { x: y, w }, { y: x }],
    ['conv2dBackwardFilter', g, { x, dy: y }, { dw: w }],
    ['conv2dBiasAddRelu', g, { x, w, b: 24, other: y }, { y }],
    ['conv2dBiasReluMaxPool2d', { conv: g, pool, remembers: false }, { x, w, b: 24 }, { y: pooledSize }],
  ];
});
/** Few rows share columns or the blocks of sums, by the number of pieces. */
const products: Row[] = [
  { m: 150, n: 90, k: 70 },
  { m: 90, n: 150, k: 70 },
  { m: 1, n: 212, k: 1300 },
  { m: 3, n: 300, k: 600 },
].map(({ m, n, k }) => {
  return ['matmulForward', { m, n, k, transposeA: false, transposeB: false }, { a: m * k, b: k * n }, { c: m * n }];
});

const axis = { outer: 5, length: 40, inner: 150 };
const along = 5 * 40 * 150;
const others: Row[] = [
  ['whereForward', { size }, { condition: size, a: size, b: size }, { y: size }],
  ['whereBackward', { size }, { dy: size, condition: size }, { da: size, db: size }],
  ['clipForward', { size, min: 0.2, max: 0.7 }, { x: size }, { y: size }],
  ['castFromUint8', { size }, { x: size }, { y: size }],
  ['castFromUint8Affine', { size, factor: 0.5, offset: 1 }, { x: size }, { y: size }],
  ['castFromInt32', { size }, { x: size }, { y: size }],
  ['randomUniform', { size, stream: 3, min: 0, max: 1 }, { random: 4 }, { y: size }],
  ['randomNormal', { size, stream: 3, mean: 1, deviation: 2 }, { random: 4 }, { y: size }],
  ['gatherForward', { ...axis, count: 60 }, { x: along, indices: 60 }, { y: 5 * 60 * 150 }],
  ['gatherBackward', { ...axis, count: 60 }, { dy: 5 * 60 * 150, indices: 60 }, { dx: along }],
  ['gatherBackward', { outer: 1, length: 40, inner: 750, count: 60 }, { dy: 45_000, indices: 60 }, { dx: 30_000 }],
  ...(['nearest', 'bilinear'] as const).flatMap((interpolation): Row[] => [
    ['resizeForward', { ...axis, count: 60, interpolation }, { x: along }, { y: 5 * 60 * 150 }],
    ['resizeBackward', { ...axis, count: 60, interpolation }, { dy: 5 * 60 * 150 }, { dx: along }],
    ['resizeBackward', { outer: 1, length: 40, inner: 750, count: 17, interpolation }, { dy: 12_750 }, { dx: 30_000 }],
  ]),
  ...(['nearest', 'bilinear'] as const).flatMap((interpolation): Row[] => {
    const [shift, images] = [40 * 20 * 2 * 30, 20 * 24 * 26 * 5];
    const g = { n: 20, h: 24, w: 26, c: 5, p: 40, q: 30, interpolation, fillValue: 1 };
    const given = { matrix: 6 * 20, shift };
    const out = 20 * 40 * 30 * 5;
    return [
      ['resampleForward', { ...g, fillMode: 'constant', isShifted: true }, { x: images, ...given }, { y: out }],
      ['resampleForward', { ...g, fillMode: 'wrap', isShifted: false }, { x: images, ...given }, { y: out }],
      ['resampleBackward', { ...g, fillMode: 'reflect', isShifted: true }, { dy: out, ...given }, { dx: images }],
    ];
  }),
  ['argmax', axis, { x: along }, { y: 5 * 150 }],
  ['argmin', axis, { x: along }, { y: 5 * 150 }],
  ['maxForward', reduce([50, 50, 39], [39, 0, 1], 50 * 39), { x: 97_500 }, { y: 50 * 39 }],
  ['minForward', reduce([50, 50, 39], [1, 0, 0], 50), { x: 97_500 }, { y: 50 }],
  ['maximumForward', { ...square, aStrides: [110, 1], bStrides: [0, 1] }, { a: 9900, b: 110 }, { y: 9900 }],
  ['powForward', { ...square, aStrides: [110, 1], bStrides: [0, 1] }, { a: 9900, b: 110 }, { y: 9900 }],
  ['insertForward', box, { base: boxShape, x: boxSize }, { y: boxShape }],
];

const norm = (outer: number, rows: number, groups: number, width: number): Row[] => {
  const g = { outer, rows, groups, width, epsilon: 1e-3, isCentered: true };
  const [all, columns, statistics] = [outer * rows * groups * width, groups * width, outer * groups];
  const forward = { y: all, mean: statistics, variance: statistics };
  const [given, d] = [
    { dy: all, x: all, mean: statistics, variance: statistics, gamma: columns },
    { dx: all, dgamma: columns, dbeta: columns },
  ];
  return [
    ['normalizationForward', g, { x: all, gamma: columns, beta: columns }, forward],
    ['normalizationAddRelu', g, { x: all, gamma: columns, beta: columns, other: all }, forward],
    ['normalizationBackward', g, given, d],
    ['normalizationRelu', { ...g, most: 1 }, { x: all, gamma: columns, beta: columns }, forward],
    ['normalizationReluBackward', { ...g, most: 1 }, { ...given, beta: columns }, d],
    ['normalizationReluBackward', { ...g, most: Number.POSITIVE_INFINITY }, { ...given, beta: columns }, d],
    ['normalizationAddReluBackward', g, { ...given, y: all }, { dother: all, ...d }],
  ];
};
const normalizations = [
  ...norm(1, 1603, 21, 1),
  ...norm(1, 90, 300, 1),
  ...norm(25, 90, 6, 4),
  ...norm(700, 1, 3, 9),
  ...norm(120, 1, 1, 237),
];

for (const row of [...normalizations, ...others, ...elementwise, ...byRows, ...byAxes, ...convolutions, ...products]) {
  t.test(`${row[0]} ${JSON.stringify(row[1])}`, async t => {
    const whole = run(row, 1);
    t.equal(whole.pieces, 1);
    for (const asked of [2, 5, 13]) {
      const { outputs, pieces } = run(row, asked);
      t.ok(pieces > 1, `${pieces} pieces`);
      t.same(differing(outputs, whole.outputs), [], 'the same bits');
    }
    const off = difference(whole.outputs, byLoops(row));
    t.ok(off < (row[0].startsWith('conv2d') ? 1e-5 : 2e-6), `off by ${off} from the loops`);
  });
}

t.test('every kernel of the contract has a WebAssembly form', async t => {
  t.same(Object.keys(simdBindings).sort(), Object.keys(contract).sort());
});
