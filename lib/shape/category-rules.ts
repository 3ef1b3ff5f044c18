/** Shapes behind layers that encode numbers of categories. */
import type { FormatShape, IsRankUnknown } from './literal.ts';
import type { Sentence } from './sentences.ts';
import type { Shape } from './shape.ts';

/** How numbers of categories go out: as they are, each as a vector, or those along the last axis as one. */
export type OutputMode = 'int' | 'oneHot' | 'multiHot' | 'count' | 'tfIdf';

/** As `encodedShape` finds it at run time, for D categories. */
export type EncodedOutput<S, M extends OutputMode, D extends number> = [M] extends ['int']
  ? S extends Shape
    ? S
    : Shape
  : [OutputMode] extends [M]
    ? Shape
    : S extends Shape
      ? IsRankUnknown<S> extends true
        ? Shape
        : [M] extends ['oneHot']
          ? OneHotOutput<S, D>
          : ['oneHot'] extends [M]
            ? Shape
            : JoinedOutput<S, D>
      : Shape;

type OneHotOutput<S extends Shape, D extends number> = S extends readonly [
  ...infer R extends number[],
  infer L extends number,
]
  ? number extends L
    ? Shape
    : L extends 1
      ? [...R, D]
      : [...S, D]
  : [D];

type JoinedOutput<S extends Shape, D extends number> = S extends readonly [...infer R extends number[], number]
  ? [...R, D]
  : Sentence<'featureInput', { input: FormatShape<S> }>;
