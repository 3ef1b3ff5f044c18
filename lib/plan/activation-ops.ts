import { ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import { checkedAxis } from '../tensor/layout.ts';
import type { Value } from './graph.ts';
import { LayoutOps } from './layout-ops.ts';

/** What `relu` takes besides x. */
export interface ReluSettings {
  /** The slope below the threshold; 0 if left out. */
  readonly negativeSlope?: number | undefined;
  /** The largest output; none if left out. */
  readonly maxValue?: number | undefined;
  /** Up to where the slope holds; 0 if left out. */
  readonly threshold?: number | undefined;
}

/** Activations that take options which choose a kernel, or that are made of other operations. */
export class ActivationOps extends LayoutOps {
  /** x above the threshold, but at most maxValue; negativeSlope (x - threshold) below. */
  override relu(x: Value, settings: ReluSettings = {}): Value {
    const { negativeSlope: alpha = 0, maxValue = Number.POSITIVE_INFINITY, threshold = 0 } = settings;
    if (maxValue === Number.POSITIVE_INFINITY && threshold === 0) {
      return alpha === 0 ? super.relu(x) : this.leakyRelu(x, alpha);
    }
    return this.elementwise('thresholdedReluForward', x.shape, { x }, { alpha, maxValue, threshold });
  }

  /** x times the share of a standard normal distribution below x; `approximate` computes that by a hyperbolic tangent. */
  override gelu(x: Value, approximate = false): Value {
    return approximate ? this.elementwise('geluTanhForward', x.shape, { x }, {}) : super.gelu(x);
  }

  /** e^x over its sum along an axis or over several, the last one if none is given. */
  override softmax(x: Value, axes: number | readonly number[] = -1): Value {
    return this.alongLast('softmax', x, axes, rows => super.softmax(rows));
  }

  /** The logarithm of the softmax along an axis or over several, the last one if none is given. */
  override logSoftmax(x: Value, axes: number | readonly number[] = -1): Value {
    return this.alongLast('logSoftmax', x, axes, rows => super.logSoftmax(rows));
  }

  /** Klambauer et al. 2017, equation 2: scale elu(x) with the two constants of its section 2. */
  selu(x: Value): Value {
    return this.affine(this.elu(x, 1.6732632423543772), 1.0507009873554805);
  }

  /** Barron 2017, equation 2: x for x > 0, else alpha (e^(x / alpha) - 1). */
  celu(x: Value, alpha = 1): Value {
    return this.affine(this.elu(this.affine(x, 1 / alpha), 1), alpha);
  }

  /** x tanh(softplus(x)) (Misra 2019). */
  mish(x: Value): Value {
    return this.multiply(x, this.tanh(this.softplus(x)));
  }

  /** The logarithm of sigmoid(x), which does not go through it. */
  logSigmoid(x: Value): Value {
    return this.negate(this.softplus(this.negate(x)));
  }

  /** x / 6 + 1 / 2, but at least 0 and at most 1. */
  hardSigmoid(x: Value): Value {
    return this.clip(this.affine(x, 1 / 6, 0.5), 0, 1);
  }

  /** x / (1 + |x|). */
  softsign(x: Value): Value {
    return this.divide(x, this.affine(this.abs(x), 1, 1));
  }

  /**
   * (x + r) / 2 with r = sqrt(x^2 + b) and b > 0 (Barron 2021). Written as max(x, 0) + b / 2 / (|x| + r), it neither overflows
   * nor loses its digits for x < 0.
   */
  squareplus(x: Value, b = 4): Value {
    const magnitude = this.abs(x);
    const r = this.sqrt(this.add(this.multiply(x, x), b));
    const positive = this.add(this.affine(x, 0.5), this.affine(magnitude, 0.5));
    return this.add(positive, this.divide(b / 2, this.add(magnitude, r)));
  }

  /** 0 up to -1, (x + 1)^2 / 4 up to 1, x beyond: the integral of the sparse sigmoid. */
  sparsePlus(x: Value): Value {
    const near = this.square(this.affine(this.clip(x, -1, 1), 1, 1));
    return this.add(this.affine(near, 0.25), this.relu(this.subtract(x, 1)));
  }

  /** x where it is farther from 0 than the threshold, else 0. */
  hardShrink(x: Value, threshold = 0.5): Value {
    return this.multiply(x, this.greater(this.abs(x), threshold));
  }

  /** x above the threshold, else the value given. */
  threshold(x: Value, threshold: number, value: number): Value {
    return this.where(this.greater(x, threshold), x, value);
  }

  /** x, but at least -1 and at most 1. */
  hardTanh(x: Value): Value {
    return this.clip(x, -1, 1);
  }

  /** (x + 1) / 2, but at least 0 and at most 1. */
  sparseSigmoid(x: Value): Value {
    return this.clip(this.affine(x, 0.5, 0.5), 0, 1);
  }

  /** x brought nearer to 0 by the threshold, 0 where it is no farther away. */
  softShrink(x: Value, threshold = 0.5): Value {
    return this.subtract(x, this.clip(x, -threshold, threshold));
  }

  /** x - tanh(x). */
  tanhShrink(x: Value): Value {
    return this.subtract(x, this.tanh(x));
  }

  /** The first half of x along an axis, times the sigmoid of the second (Dauphin et al. 2017, section 2). */
  glu(x: Value, axis = -1): Value {
    const along = checkedAxis('glu', axis, x.shape.length);
    if (x.shape[along]! % 2 !== 0) {
      throw new ShapeError(sentence('halves', { operation: 'glu', axis: along, shape: formatShape(x.shape) }));
    }
    const [a, b] = this.split(x, 2, along);
    return this.multiply(a!, this.sigmoid(b!));
  }

  /** What `rows` makes of x with the axes given as its last one. */
  protected alongLast(what: string, x: Value, axes: number | readonly number[], rows: (x: Value) => Value): Value {
    const { shape } = x;
    const along = (typeof axes === 'number' ? [axes] : axes).map(axis => checkedAxis(what, axis, shape.length));
    if (along.length === 0 || new Set(along).size !== along.length) {
      throw new ShapeError(`${what}: expected different axes of ${formatShape(shape)}, got ${formatShape(along)}`);
    }
    if (along.length === 1 && along[0] === shape.length - 1) return rows(x);
    const others = [...shape.keys()].filter(axis => !along.includes(axis));
    const order = [...others, ...along];
    const moved = this.transpose(x, order);
    const joined = this.reshape(moved, [...others.map(axis => shape[axis]!), sizeOf(along.map(axis => shape[axis]!))]);
    const back = order.map((_, axis) => order.indexOf(axis));
    return this.transpose(this.reshape(rows(joined), moved.shape), back);
  }
}
