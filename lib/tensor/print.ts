import { formatShape, sizeOf } from '../shape/shape.ts';
import type { NdArray } from './dtype.ts';

/** How many elements of a longer axis are shown at each end, as long as that is not too much; 0 is the first alone. */
const edges = [3, 2, 1, 0];
/** No more elements than this are shown; tensors with fewer whole. */
const mostShown = 1000;

/** The tensor for a terminal: type, shape, and the elements in aligned columns, long axes cut in the middle. */
export function formatTensor({ shape, dtype, data }: NdArray): string {
  const edge = edgeOf(shape);
  const shown: number[] = [];
  visit(shape, edge, 0, i => shown.push(data[i]!));
  const format = formatter(dtype, shown);
  const width = Math.max(0, ...shown.map(value => format(value).length));
  const body = block(shape, edge, 0, 1, i => format(data[i]!).padStart(width));
  return `Tensor ${dtype} ${formatShape(shape)}\n${body}`;
}

/** How to write one element so that all of them line up: integers plain, floats with up to four digits, large and small ones with exponents. */
function formatter(dtype: NdArray['dtype'], shown: readonly number[]): (value: number) => string {
  if (dtype === 'bool') return value => (value === 0 ? 'false' : 'true');
  if (dtype !== 'float32') return String;
  const finite = shown.filter(value => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = Math.max(0, ...finite);
  const smallest = Math.min(Number.POSITIVE_INFINITY, ...finite);
  if (largest >= 1e6 || smallest < 1e-4) {
    return value => (Number.isFinite(value) ? value.toExponential(4) : String(value));
  }
  const digits = Math.max(0, ...finite.map(value => value.toFixed(4).replace(/0+$/, '').split('.')[1]!.length));
  return value => (Number.isFinite(value) ? value.toFixed(digits) : String(value));
}

/** The most elements at each end of an axis that may be shown; Infinity where the tensor is shown whole. */
function edgeOf(shape: readonly number[]): number {
  if (sizeOf(shape) <= mostShown && shape.every(length => length <= mostShown)) return Number.POSITIVE_INFINITY;
  const shownWith = (edge: number) => sizeOf(shape.map(length => Math.min(length, Math.max(2 * edge, 1))));
  return edges.find(edge => shownWith(edge) <= mostShown) ?? 0;
}

/** The places along an axis that are shown; -1 stands for those left out. */
function places(length: number, edge: number): number[] {
  if (length <= Math.max(2 * edge, 1)) return [...Array(length).keys()];
  const first = [...Array(Math.max(edge, 1)).keys()];
  const last = [...Array(edge).keys()].map(i => length - edge + i);
  return [...first, -1, ...last];
}

function visit(shape: readonly number[], edge: number, start: number, each: (index: number) => void): void {
  const [length, ...inner] = shape;
  if (length === undefined) {
    each(start);
    return;
  }
  for (const place of places(length, edge)) if (place >= 0) visit(inner, edge, start + place * sizeOf(inner), each);
}

function block(
  shape: readonly number[],
  edge: number,
  start: number,
  indent: number,
  element: (i: number) => string,
): string {
  const [length, ...inner] = shape;
  if (length === undefined) return element(start);
  const rows = places(length, edge).map(place =>
    place < 0 ? '...' : block(inner, edge, start + place * sizeOf(inner), indent + 1, element),
  );
  const separator = inner.length === 0 ? ', ' : `,${'\n'.repeat(inner.length)}${' '.repeat(indent)}`;
  return `[${rows.join(separator)}]`;
}
