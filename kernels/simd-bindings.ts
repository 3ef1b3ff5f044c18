/** With which arguments the WebAssembly kernels are called. Operands are byte addresses in the memory of the instance. */
import type { GeometryOf, InputName, KernelName, OutputName } from './contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from './geometry.ts';

/** What kernels/simd/index.ts exports. Sizes in elements, everything else in bytes. */
export interface SimdExports {
  scratchBytes(): number;
  matmulForward(
    ...args: [a: number, b: number, c: number, m: number, n: number, k: number, tA: number, tB: number, scratch: number]
  ): void;
  conv2dForward(x: number, w: number, y: number, window: number): void;
  conv2dBackwardInput(dy: number, w: number, dx: number, window: number): void;
  conv2dBackwardFilter(x: number, dy: number, dw: number, window: number): void;
  biasForward(x: number, b: number, y: number, rows: number, columns: number): void;
  biasBackward(dy: number, db: number, rows: number, columns: number, scratch: number): void;
  maxPool2dForward(x: number, y: number, window: number): void;
  maxPool2dBackward(dy: number, x: number, y: number, dx: number, window: number): void;
  reluForward(x: number, y: number, size: number): void;
  reluBackward(dy: number, y: number, dx: number, size: number): void;
  dropoutForward(
    ...args: [x: number, y: number, random: number, size: number, threshold: number, scale: number, stream: number]
  ): void;
  sgdUpdate(w: number, dw: number, size: number, rate: number): void;
  momentumUpdate(
    ...args: [w: number, v: number, dw: number, size: number, rate: number, momentum: number, nesterov: number]
  ): void;
  adamUpdate(
    ...args: [
      w: number,
      m: number,
      v: number,
      dw: number,
      size: number,
      rate: number,
      g1: number,
      g2: number,
      e: number,
    ]
  ): void;
  rmspropUpdate(
    ...args: [
      ...[w: number, v: number, step: number, dw: number, size: number],
      ...[rate: number, rho: number, gain: number, momentum: number, epsilon: number],
    ]
  ): void;
}

/** Where a call's operands lie, and its memory to read step sizes from and to write geometry to. */
export interface SimdCall<K extends KernelName> {
  readonly wasm: SimdExports;
  readonly buffer: ArrayBufferLike;
  readonly outputs: { readonly [N in OutputName<K>]: number };
  readonly inputs: { readonly [N in InputName<K>]: number };
  readonly geometry: GeometryOf<K>;
  readonly scratch: number;
}

type Binding<K extends KernelName> = (call: SimdCall<K>) => () => void;

/** Binds a kernel's arguments once, so that running it allocates nothing. Kernels that are left out run as loops. */
export const simdBindings: { readonly [K in KernelName]?: Binding<K> } = {
  matmulForward({ wasm, outputs, inputs, geometry: { m, n, k, transposeA, transposeB }, scratch }) {
    const { a, b } = inputs;
    const { c } = outputs;
    return () => wasm.matmulForward(a, b, c, m, n, k, Number(transposeA), Number(transposeB), scratch);
  },
  conv2dForward({ wasm, buffer, outputs: { y }, inputs: { x, w }, geometry, scratch }) {
    const place = windowWriter(buffer, scratch, geometry);
    return () => wasm.conv2dForward(x, w, y, place());
  },
  conv2dBackwardInput({ wasm, buffer, outputs: { dx }, inputs: { dy, w }, geometry, scratch }) {
    const place = windowWriter(buffer, scratch, geometry);
    return () => wasm.conv2dBackwardInput(dy, w, dx, place());
  },
  conv2dBackwardFilter({ wasm, buffer, outputs: { dw }, inputs: { x, dy }, geometry, scratch }) {
    const place = windowWriter(buffer, scratch, geometry);
    return () => wasm.conv2dBackwardFilter(x, dy, dw, place());
  },
  biasForward: ({ wasm, outputs: { y }, inputs: { x, b }, geometry: { rows, columns } }) => {
    return () => wasm.biasForward(x, b, y, rows, columns);
  },
  biasBackward: ({ wasm, outputs: { db }, inputs: { dy }, geometry: { rows, columns }, scratch }) => {
    return () => wasm.biasBackward(dy, db, rows, columns, scratch);
  },
  maxPool2dForward({ wasm, buffer, outputs: { y }, inputs: { x }, geometry, scratch }) {
    const place = windowWriter(buffer, scratch, geometry);
    return () => wasm.maxPool2dForward(x, y, place());
  },
  maxPool2dBackward({ wasm, buffer, outputs: { dx }, inputs: { dy, x, y }, geometry, scratch }) {
    const place = windowWriter(buffer, scratch, geometry);
    return () => wasm.maxPool2dBackward(dy, x, y, dx, place());
  },
  reluForward: ({ wasm, outputs: { y }, inputs: { x }, geometry: { size } }) => {
    return () => wasm.reluForward(x, y, size);
  },
  reluBackward: ({ wasm, outputs: { dx }, inputs: { dy, y }, geometry: { size } }) => {
    return () => wasm.reluBackward(dy, y, dx, size);
  },
  dropoutForward({ wasm, outputs: { y }, inputs: { x, random }, geometry: { size, rate, stream } }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    return () => wasm.dropoutForward(x, y, random, size, threshold, scale, stream);
  },
  sgdUpdate({ wasm, buffer, outputs: { w }, inputs: { dw, rate }, geometry: { size } }) {
    const step = new Float32Array(buffer, rate, 1);
    return () => wasm.sgdUpdate(w, dw, size, step[0]!);
  },
  momentumUpdate({ wasm, buffer, outputs, inputs: { dw, rate }, geometry: { size, momentum, nesterov } }) {
    const { w, velocity } = outputs;
    const step = new Float32Array(buffer, rate, 1);
    return () => wasm.momentumUpdate(w, velocity, dw, size, step[0]!, momentum, Number(nesterov));
  },
  adamUpdate({ wasm, buffer, outputs: { w, m, v }, inputs: { dw, rate }, geometry: { size, beta1, beta2, epsilon } }) {
    const step = new Float32Array(buffer, rate, 1);
    return () => wasm.adamUpdate(w, m, v, dw, size, step[0]!, 1 - beta1, 1 - beta2, epsilon);
  },
  rmspropUpdate({ wasm, buffer, outputs, inputs: { dw, rate }, geometry: { size, rho, momentum, epsilon } }) {
    const { w, v, step } = outputs;
    const scale = new Float32Array(buffer, rate, 1);
    return () => wasm.rmspropUpdate(w, v, step, dw, size, scale[0]!, rho, 1 - rho, momentum, epsilon);
  },
};

/** 16 integers, as window.ts reads them. */
const windowBytes = 64;

/** Writes a window's geometry into the scratch memory, which other calls use too, and gives its address. */
function windowWriter(
  buffer: ArrayBufferLike,
  scratch: number,
  geometry: Window2dGeometry | Conv2dGeometry,
): () => number {
  const { n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const k = 'k' in geometry ? geometry.k : 0;
  const values = Int32Array.of(n, h, w, c, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft, k, 0);
  const place = new Int32Array(buffer, scratch, windowBytes / 4);
  return () => {
    place.set(values);
    return scratch;
  };
}

/** gemm.ts's scratchBytes(): a window, zeros, a tile, and a packed block of either operand. */
const gemmScratchBytes = 256 + 4 * 256 + 256 + 4 * 128 * 256 + 4 * 256 * 256;
const gemmScratch = (): number => gemmScratchBytes;
/** Either what gemm.ts needs or what few-channels.ts does: places, padded filters, one padded image. */
function conv2dScratch({ r, s, c, k, p, q, strideH, strideW, dilationH, dilationW }: Conv2dGeometry): number {
  const elements = r * s * c;
  const filters = elements * (k + 7);
  const image = ((p - 1) * strideH + (r - 1) * dilationH + 1) * ((q - 1) * strideW + (s - 1) * dilationW + 1) * c;
  return Math.max(gemmScratchBytes, c > 4 ? 0 : 256 + 4 * (elements + 4 + filters + image));
}
const windowScratch = (): number => windowBytes;

/** Scratch memory in bytes; kernels that are left out need what the loops need. */
export const simdScratchBytes: { readonly [K in KernelName]?: (geometry: GeometryOf<K>) => number } = {
  matmulForward: gemmScratch,
  conv2dForward: conv2dScratch,
  conv2dBackwardInput: gemmScratch,
  conv2dBackwardFilter: conv2dScratch,
  maxPool2dForward: windowScratch,
  maxPool2dBackward: windowScratch,
};
