// Made by `npm run generate`; what is changed here is lost.
import type { Shape } from '../../shape/shape.ts';
import { Emitter, type Operand } from '../emitter.ts';
import type { Value } from '../graph.ts';

/** The operations that have formulas; `Ops` adds those with a structure of their own. */
export class FormulaOps extends Emitter {
  /** x where it is positive, else 0; NaN stays NaN. */
  relu(x: Value): Value {
    return this.elementwise('reluForward', x.shape, { x }, {});
  }

  /** Maas et al. 2013; alpha >= 0. */
  leakyRelu(x: Value, alpha: number): Value {
    return this.elementwise('leakyReluForward', x.shape, { x }, { alpha });
  }

  /** He et al. 2015, equation 1: a where it is positive, else b a. */
  prelu(a: Operand, b: Operand): Value {
    return this.broadcast('preluForward', a, b);
  }

  /** Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha. */
  elu(x: Value, alpha: number): Value {
    return this.elementwise('eluForward', x.shape, { x }, { alpha });
  }

  /** Hendrycks and Gimpel 2016: x times the share of a standard normal distribution that lies below x. */
  gelu(x: Value): Value {
    return this.elementwise('geluForward', x.shape, { x }, {});
  }

  /** 1 / (1 + e^-x). */
  sigmoid(x: Value): Value {
    return this.elementwise('sigmoidForward', x.shape, { x }, {});
  }

  /** x sigmoid(x) (Elfwing et al. 2018), also known as swish. */
  silu(x: Value): Value {
    return this.elementwise('siluForward', x.shape, { x }, {});
  }

  /** x hardSigmoid(x) (Howard et al. 2019, section 5.2), also known as hard swish. */
  hardSilu(x: Value): Value {
    return this.elementwise('hardSiluForward', x.shape, { x }, {});
  }

  /** log(1 + e^x), in a form that does not overflow. */
  softplus(x: Value): Value {
    return this.elementwise('softplusForward', x.shape, { x }, {});
  }

  /** The hyperbolic tangent. */
  tanh(x: Value): Value {
    return this.elementwise('tanhForward', x.shape, { x }, {});
  }

  /** e^x over its sum, the row's maximum subtracted first so that nothing overflows. */
  softmax(x: Value): Value {
    return this.rows('softmaxForward', { y: x.shape }, { x }).y;
  }

  /** The logarithm of the softmax, which does not go through it. */
  logSoftmax(x: Value): Value {
    return this.rows('logSoftmaxForward', { y: x.shape }, { x }).y;
  }

  /** a + b. */
  add(a: Operand, b: Operand): Value {
    return this.broadcast('addForward', a, b);
  }

  /** a - b. */
  subtract(a: Operand, b: Operand): Value {
    return this.broadcast('subtractForward', a, b);
  }

  /** a b. */
  multiply(a: Operand, b: Operand): Value {
    return this.broadcast('multiplyForward', a, b);
  }

  /** a / b. */
  divide(a: Operand, b: Operand): Value {
    return this.broadcast('divideForward', a, b);
  }

  /** The same factor and offset for all elements. */
  affine(x: Value, factor: number, offset = 0): Value {
    return this.elementwise('affineForward', x.shape, { x }, { factor, offset });
  }

  /** -x. */
  negate(x: Value): Value {
    return this.elementwise('negateForward', x.shape, { x }, {});
  }

  /** x x. */
  square(x: Value): Value {
    return this.elementwise('squareForward', x.shape, { x }, {});
  }

  /** The larger of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow. */
  maximum(a: Operand, b: Operand): Value {
    return this.broadcast('maximumForward', a, b);
  }

  /** The smaller of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow. */
  minimum(a: Operand, b: Operand): Value {
    return this.broadcast('minimumForward', a, b);
  }

  /** a to the power of b; NaN for a negative a and a fraction b. Where a <= 0, b gets no gradient. */
  pow(a: Operand, b: Operand): Value {
    return this.broadcast('powForward', a, b);
  }

  /** 1 where a equals b, else 0. */
  equal(a: Operand, b: Operand): Value {
    return this.broadcast('equal', a, b);
  }

  /** 1 where a is not b, else 0. */
  notEqual(a: Operand, b: Operand): Value {
    return this.broadcast('notEqual', a, b);
  }

  /** 1 where a < b, else 0. */
  less(a: Operand, b: Operand): Value {
    return this.broadcast('less', a, b);
  }

  /** 1 where a <= b, else 0. */
  lessEqual(a: Operand, b: Operand): Value {
    return this.broadcast('lessEqual', a, b);
  }

  /** 1 where a > b, else 0. */
  greater(a: Operand, b: Operand): Value {
    return this.broadcast('greater', a, b);
  }

  /** 1 where a >= b, else 0. */
  greaterEqual(a: Operand, b: Operand): Value {
    return this.broadcast('greaterEqual', a, b);
  }

  /** x, but at least min and at most max; NaN stays NaN. */
  clip(x: Value, min: number, max: number): Value {
    return this.elementwise('clipForward', x.shape, { x }, { min, max });
  }

  /** 1 above 0, -1 below, 0 at 0. */
  sign(x: Value): Value {
    return this.elementwise('sign', x.shape, { x }, {});
  }

  /** The next whole number below. */
  floor(x: Value): Value {
    return this.elementwise('floor', x.shape, { x }, {});
  }

  /** e^x. */
  exp(x: Value): Value {
    return this.elementwise('expForward', x.shape, { x }, {});
  }

  /** The natural logarithm. */
  log(x: Value): Value {
    return this.elementwise('logForward', x.shape, { x }, {});
  }

  /** log(1 + x), without the loss of digits near 0. */
  log1p(x: Value): Value {
    return this.elementwise('log1pForward', x.shape, { x }, {});
  }

  /** cos(2 pi x) for |x| <= 1000; the sine of a turn is the cosine of a quarter turn less. */
  cosOfTurns(x: Value): Value {
    return this.elementwise('cosOfTurnsForward', x.shape, { x }, {});
  }

  /** The error function; its derivative is 2 / sqrt(pi) e^(-x^2). */
  erf(x: Value): Value {
    return this.elementwise('erfForward', x.shape, { x }, {});
  }

  /** The square root. */
  sqrt(x: Value): Value {
    return this.elementwise('sqrtForward', x.shape, { x }, {});
  }

  /** The magnitude; its gradient is 0 at 0. */
  abs(x: Value): Value {
    return this.elementwise('absForward', x.shape, { x }, {});
  }

  /** All elements alike. */
  fill(shape: Shape, value: number): Value {
    return this.elementwise('fill', shape, {}, { value });
  }

  /** The cross-entropy of targets and softmax(logits), which no logit can overflow. */
  softmaxCrossEntropy(logits: Value, targets: Value): { loss: Value; probabilities: Value } {
    return this.rows(
      'softmaxCrossEntropyForward',
      { loss: logits.shape.slice(0, -1), probabilities: logits.shape },
      { logits, targets },
    );
  }

  /** The cross-entropy of targets and x over its sum, clipped; x is the output of no softmax. */
  crossEntropy(x: Value, targets: Value): Value {
    return this.rows('crossEntropyForward', { loss: x.shape.slice(0, -1) }, { x, targets }).loss;
  }

  /** The mean over the columns of the binary cross-entropy of targets and sigmoid(logits). */
  sigmoidBinaryCrossEntropy(logits: Value, targets: Value): { loss: Value; probabilities: Value } {
    return this.rows(
      'sigmoidBinaryCrossEntropyForward',
      { loss: logits.shape.slice(0, -1), probabilities: logits.shape },
      { logits, targets },
    );
  }

  /** The mean over the columns of the binary cross-entropy of targets and the probabilities x, clipped. */
  binaryCrossEntropy(x: Value, targets: Value): Value {
    return this.rows('binaryCrossEntropyForward', { loss: x.shape.slice(0, -1) }, { x, targets }).loss;
  }

  /** The mean over the columns of (x - targets)^2. */
  meanSquaredError(x: Value, targets: Value): Value {
    return this.rows('meanSquaredErrorForward', { loss: x.shape.slice(0, -1) }, { x, targets }).loss;
  }

  /** 1 where the first largest column of x is the first largest of the targets, else 0; 0 where these are zeros. */
  categoricalAccuracy(x: Value, targets: Value): Value {
    return this.rows('categoricalAccuracy', { correct: x.shape.slice(0, -1) }, { x, targets }).correct;
  }

  /** The share of the columns in which the target is 1 and x above 0.5, or the target 0 and x not above. */
  binaryAccuracy(x: Value, targets: Value): Value {
    return this.rows('binaryAccuracy', { correct: x.shape.slice(0, -1) }, { x, targets }).correct;
  }
}
