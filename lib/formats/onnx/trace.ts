/** What a model does to predict, as a list of kernel calls, with those operations kept whole that ONNX has as well. */
import type { Interpolation, Pair } from '../../../kernels/geometry.ts';
import { emitForward, TreeOps } from '../../model/forward.ts';
import type { Sequential } from '../../model/sequential.ts';
import { Graph, type Value } from '../../plan/graph.ts';
import type { GivenStatistics } from '../../plan/normalization-ops.ts';

/** An operation that is made of the calls from `first` to before `end`. */
export type Composed = {
  readonly first: number;
  readonly end: number;
  readonly output: Value;
  readonly label: string;
} & (
  | { readonly kind: 'normalizeBy'; readonly x: Value; readonly options: GivenStatistics }
  | { readonly kind: 'resize'; readonly x: Value; readonly interpolation: Interpolation }
  | { readonly kind: 'mean'; readonly x: Value; readonly axes: readonly number[]; readonly keepDims: boolean }
  | { readonly kind: 'concat'; readonly values: readonly Value[]; readonly axis: number }
);

type Described = Composed extends infer C
  ? C extends Composed
    ? Omit<C, 'first' | 'end' | 'output' | 'label'>
    : never
  : never;

export interface Trace {
  readonly graph: Graph;
  readonly x: Value;
  readonly output: Value;
  /** In the order of their calls; none within another. */
  readonly composed: readonly Composed[];
}

/** What a model emits for a batch of so many inputs. */
export function traceOf({ layers, inputShape, seed }: Sequential, batch: number): Trace {
  const graph = new Graph();
  const ops = new TracingOps(graph, { training: false });
  const x = graph.input('x', [batch, ...inputShape]);
  const { output } = emitForward(ops, { layers, inputShape, seed }, x);
  return { graph, x, output, composed: ops.composed };
}

class TracingOps extends TreeOps {
  readonly composed: Composed[] = [];
  #isWithin = false;

  override normalizeBy(x: Value, options: GivenStatistics): Value {
    return this.#whole({ kind: 'normalizeBy', x, options }, () => super.normalizeBy(x, options));
  }

  override resize(x: Value, size: Pair, interpolation: Interpolation = 'bilinear'): Value {
    return this.#whole({ kind: 'resize', x, interpolation }, () => super.resize(x, size, interpolation));
  }

  override mean(x: Value, axes?: number | readonly number[], keepDims = false): Value {
    const list = axes === undefined ? [...x.shape.keys()] : typeof axes === 'number' ? [axes] : axes;
    const places = list.map(axis => (axis < 0 ? axis + x.shape.length : axis));
    return this.#whole({ kind: 'mean', x, axes: places, keepDims }, () => super.mean(x, axes, keepDims));
  }

  override concat(values: readonly Value[], axis = 0): Value {
    const along = axis < 0 ? axis + (values[0]?.shape.length ?? 0) : axis;
    return this.#whole({ kind: 'concat', values, axis: along }, () => super.concat(values, axis));
  }

  #whole(described: Described, emit: () => Value): Value {
    if (this.#isWithin) return emit();
    const first = this.graph.calls.length;
    this.#isWithin = true;
    try {
      const output = emit();
      const end = this.graph.calls.length;
      if (end > first) this.composed.push({ ...described, first, end, output, label: this.graph.label });
      return output;
    } finally {
      this.#isWithin = false;
    }
  }
}
