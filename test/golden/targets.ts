import { type Tensor, tensor } from '../../lib/index.ts';
import { labels, sizeOf, softTargets, uniform } from './inputs.ts';

export type TargetsKind =
  | 'classes'
  | 'ignored'
  | 'oneHot'
  | 'distributions'
  | 'binary'
  | 'numbers'
  | 'counts'
  | 'signs';

/** Targets of so many rows for outputs of that shape, as small_networks.py draws them. */
export function targetsOf(tag: string, kind: TargetsKind, shape: readonly number[]): Tensor {
  const columns = shape.at(-1)!;
  const rows = sizeOf(shape.slice(0, -1));
  const of = (values: ArrayLike<number>) => tensor(Float32Array.from(values), shape);
  const own = labels(tag, rows, columns);
  switch (kind) {
    case 'classes':
      return tensor(own, shape.slice(0, -1));
    case 'ignored':
      return tensor(
        own.map((label, i) => (i % 3 === 1 ? 255 : label)),
        shape.slice(0, -1),
      );
    case 'oneHot':
      return of(Array.from({ length: rows * columns }, (_, i) => Number(own[Math.floor(i / columns)] === i % columns)));
    case 'distributions':
      return of(softTargets(tag, rows, columns));
    case 'binary':
      return of(labels(tag, rows * columns, 2));
    case 'signs':
      return of(labels(tag, rows * columns, 2).map(label => 2 * label - 1));
    case 'counts':
      return of(labels(tag, rows * columns, 5));
    case 'numbers':
      return of(uniform(tag, { shape, scale: 2 }));
  }
}
