import { formatShape, sizeOf } from '../shape/shape.ts';
import type { NdArray } from './dtype.ts';

/** Axes longer than twice this show only so many elements at each end. */
const edge = 3;
/** Tensors with no more elements than this are shown whole. */
const wholeUpTo = 1000;

/** The tensor for a terminal: type, shape, and the elements in aligned columns, long axes cut in the middle. */
export function formatTensor({ shape, dtype, data }: NdArray): string {
  const cut = sizeOf(shape) > wholeUpTo;
  const shown: number[] = [];
  visit(shape, cut, 0, i => shown.push(data[i]!));
  const format = formatter(dtype, shown);
  const width = Math.max(0, ...shown.map(value => format(value).length));
  const body = block(shape, cut, 0, 1, i => format(data[i]!).padStart(width));
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

/** The places along an axis that are shown; -1 stands for those left out. */
function places(length: number, cut: boolean): number[] {
  const all = [...Array(length).keys()];
  return cut && length > 2 * edge ? [...all.slice(0, edge), -1, ...all.slice(-edge)] : all;
}

function visit(shape: readonly number[], cut: boolean, start: number, each: (index: number) => void): void {
  const [length, ...inner] = shape;
  if (length === undefined) {
    each(start);
    return;
  }
  for (const place of places(length, cut)) if (place >= 0) visit(inner, cut, start + place * sizeOf(inner), each);
}

function block(
  shape: readonly number[],
  cut: boolean,
  start: number,
  indent: number,
  element: (i: number) => string,
): string {
  const [length, ...inner] = shape;
  if (length === undefined) return element(start);
  const rows = places(length, cut).map(place =>
    place < 0 ? '...' : block(inner, cut, start + place * sizeOf(inner), indent + 1, element),
  );
  const separator = inner.length === 0 ? ', ' : `,${'\n'.repeat(inner.length)}${' '.repeat(indent)}`;
  return `[${rows.join(separator)}]`;
}
