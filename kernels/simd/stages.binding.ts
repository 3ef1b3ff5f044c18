/**
 * What a binding is: how a call of the contract becomes calls of the WebAssembly kernels. Which function with which
 * numbers, in stages of pieces that may run in any order and side by side. Each element of a result is computed by one
 * piece alone and in an order that does not depend on the pieces, so that their number changes no bit. Operands are byte
 * addresses.
 */
import type { FusionName, GeometryOf, InputName, KernelName, OpName, OutputName } from '../contract.ts';
import type { SimdFunctionName } from './generated/exports.binding.ts';
import type { OwnScratch } from './own-scratch.binding.ts';

export type { SimdFunctionName } from './generated/exports.binding.ts';

export type SimdExports = { readonly [F in SimdFunctionName]: (...numbers: number[]) => void };

/** An exported function and the numbers that it is called with. */
export type SimdInvocation = readonly [name: SimdFunctionName, ...numbers: (number | OwnScratch)[]];
/** Invocations in this order, with one and the same own scratch memory. */
export type SimdPiece = readonly SimdInvocation[];
/** Pieces in any order and side by side. A call has one stage or several, and all pieces of one end before the next begins. */
export type SimdStage = readonly SimdPiece[];

/** Bytes at the beginning of a memory that hold the constants of the kernels. */
export const reservedBytes = 2048;

/** Scratch memory in bytes: what all pieces share, and what each has to itself while it runs. */
export interface SimdScratch {
  readonly shared?: number;
  readonly each?: number;
}

/** Where a call's operands lie, and its shared scratch memory. */
export interface SimdCall<K extends KernelName> {
  readonly outputs: { readonly [N in OutputName<K>]: number };
  readonly inputs: { readonly [N in InputName<K>]: number };
  readonly geometry: GeometryOf<K>;
  readonly shared: number;
  /** How many pieces a stage should have where its sizes allow. */
  readonly pieces: number;
}

export type Binding<K extends KernelName> = (call: SimdCall<K>) => SimdStage[];

/** The bindings of some kernels. */
export type Bindings<K extends KernelName> = { readonly [N in K]: Binding<N> };
/** A set of bindings: an op that is missing is a type error. */
export type AllBindings = Bindings<OpName> & Partial<Bindings<FusionName>>;

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** 0 ... count - 1 in at most `pieces` ranges that begin at multiples of `unit`. */
export function split(count: number, unit: number, pieces: number): Range[] {
  const units = Math.ceil(count / unit);
  const all = Math.min(pieces, units);
  return Array.from({ length: all }, (_, i) => ({
    from: Math.floor((i * units) / all) * unit,
    to: Math.min(count, Math.floor(((i + 1) * units) / all) * unit),
  }));
}

/** Images that are worth a piece of their own. */
const leastImages = 8;

/** Ranges of images. */
export const imageRanges = (images: number, pieces: number): Range[] =>
  split(images, 1, finer(pieces, images, leastImages));

/** Elementwise work on less than this is not worth a second piece. */
export const leastElements = 8192;

/**
 * More pieces than can run at a time, so that a thread that comes late or is slow does fewer of them; none with less than
 * `least` of the `count` that they share.
 */
export const finer = (pieces: number, count: number, least: number): number =>
  pieces === 1 ? 1 : Math.max(pieces, Math.min(4 * pieces, Math.floor(count / least)));

/** Ranges of elements, in multiples of 16; one if they are few. */
export const elements = (size: number, pieces: number): Range[] =>
  split(size, 16, size < leastElements ? 1 : finer(pieces, size, leastElements));

/** Rows of a matrix, one range if its elements are few. */
export const rowRanges = (rows: number, columns: number, pieces: number): Range[] =>
  split(rows, 1, rows * columns < leastElements ? 1 : finer(pieces, rows * columns, leastElements));
