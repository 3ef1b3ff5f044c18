// Made by `npm run generate`; what is changed here is lost.

import type { BroadcastGeometry } from '../geometry.ts';
import { type ElementsGeometry, f32, kernel, type RowsGeometry } from '../signature.ts';

export const formulaContract = {
  /**
   * x where it is positive, else 0; NaN stays NaN.
   *
   *     y = atLeast(x, 0)
   */
  reluForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = y > 0 ? dy : 0
   */
  reluBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /**
   * x above the threshold, but at most maxValue; alpha (x - threshold) below. It is 0 for -Infinity and alpha 0.
   *
   *     y = x > threshold ? atMost(x, maxValue) : alpha * atLeast(x - threshold, -3.4e38)
   */
  thresholdedReluForward: kernel<
    ElementsGeometry & { readonly alpha: number; readonly maxValue: number; readonly threshold: number }
  >()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x > threshold ? (x <= maxValue ? dy : 0) : alpha * dy
   */
  thresholdedReluBackward: kernel<
    ElementsGeometry & { readonly alpha: number; readonly maxValue: number; readonly threshold: number }
  >()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * Maas et al. 2013; alpha >= 0.
   *
   *     y = x > 0 ? x : alpha * x
   */
  leakyReluForward: kernel<ElementsGeometry & { readonly alpha: number }>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x > 0 ? dy : alpha * dy
   */
  leakyReluBackward: kernel<ElementsGeometry & { readonly alpha: number }>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * He et al. 2015, equation 1: a where it is positive, else b a.
   *
   *     y = a > 0 ? a : b * a
   */
  preluForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha.
   *
   *     y = x > 0 ? x : alpha * expm1(x)
   */
  eluForward: kernel<ElementsGeometry & { readonly alpha: number }>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x > 0 ? dy : dy * (y + alpha)
   */
  eluBackward: kernel<ElementsGeometry & { readonly alpha: number }>()({ dx: f32 }, { dy: f32, x: f32, y: f32 }, 'dy'),
  /**
   * Hendrycks and Gimpel 2016: x times the share of a standard normal distribution that lies below x.
   *
   *     y = 0.5 * x * (1 + erf(0.7071067811865476 * x))
   */
  geluForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = dy * (0.5 + 0.5 * erf(0.7071067811865476 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x))
   */
  geluBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * Hendrycks and Gimpel 2016, section 2: gelu by a hyperbolic tangent, written as the sigmoid of twice its operand. Beyond 20 the slope is that of 0 or of x.
   *
   *     y = x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))
   */
  geluTanhForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     near = atMost(atLeast(x, -20), 20)
   *     s = sigmoid(1.5957691216057308 * (near + 0.044715 * near * near * near))
   *     slope = 1.5957691216057308 * (1 + 0.134145 * near * near)
   *     dx = dy * s * (1 + near * (1 - s) * slope)
   */
  geluTanhBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * 1 / (1 + e^-x).
   *
   *     y = sigmoid(x)
   */
  sigmoidForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = dy * y * (1 - y)
   */
  sigmoidBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /**
   * x sigmoid(x) (Elfwing et al. 2018), also known as swish.
   *
   *     y = x * sigmoid(x)
   */
  siluForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     s = sigmoid(x)
   *     dx = dy * s * (1 + x * (1 - s))
   */
  siluBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * x hardSigmoid(x) (Howard et al. 2019, section 5.2), also known as hard swish.
   *
   *     y = x * atMost(atLeast(x / 6 + 0.5, 0), 1)
   */
  hardSiluForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy
   */
  hardSiluBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * log(1 + e^x), in a form that does not overflow.
   *
   *     y = atLeast(x, 0) + log1p(exp(-abs(x)))
   */
  softplusForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = dy * sigmoid(x)
   */
  softplusBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * The hyperbolic tangent.
   *
   *     y = tanh(x)
   */
  tanhForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = dy * (1 - y * y)
   */
  tanhBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /**
   * e^x over its sum, the row's maximum subtracted first so that nothing overflows.
   *
   *     y = exp(x - largest(x))
   *     y = y / sum(y)
   */
  softmaxForward: kernel<RowsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = y * (dy - sum(dy * y))
   */
  softmaxBackward: kernel<RowsGeometry>()({ dx: f32 }, { dy: f32, y: f32 }, 'dy'),
  /**
   * The logarithm of the softmax, which does not go through it.
   *
   *     top = largest(x)
   *     total = sum(exp(x - top))
   *     y = x - top - log(total)
   */
  logSoftmaxForward: kernel<RowsGeometry>()({ y: f32 }, { x: f32 }),
  /**
   *     dx = dy - exp(y) * sum(dy)
   */
  logSoftmaxBackward: kernel<RowsGeometry>()({ dx: f32 }, { dy: f32, y: f32 }),
  /**
   * a + b.
   *
   *     y = a + b
   */
  addForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * a - b.
   *
   *     y = a - b
   */
  subtractForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * a b.
   *
   *     y = a * b
   */
  multiplyForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * a / b.
   *
   *     y = a / b
   */
  divideForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * The same factor and offset for all elements.
   *
   *     y = factor * x + offset
   */
  affineForward: kernel<ElementsGeometry & { readonly factor: number; readonly offset: number }>()(
    { y: f32 },
    { x: f32 },
    'x',
  ),
  /**
   * -x.
   *
   *     y = -x
   */
  negateForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * x x.
   *
   *     y = x * x
   */
  squareForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The larger of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
   *
   *     y = max(a, b)
   */
  maximumForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * The smaller of a and b; NaN if one of them is. Of equal operands a gets the gradient, as in TensorFlow.
   *
   *     y = min(a, b)
   */
  minimumForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * a to the power of b; NaN for a negative a and a fraction b. Where a <= 0, b gets no gradient.
   *
   *     y = pow(a, b)
   */
  powForward: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a equals b, else 0.
   *
   *     y = a == b ? 1 : 0
   */
  equal: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a is not b, else 0.
   *
   *     y = a != b ? 1 : 0
   */
  notEqual: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a < b, else 0.
   *
   *     y = a < b ? 1 : 0
   */
  less: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a <= b, else 0.
   *
   *     y = a <= b ? 1 : 0
   */
  lessEqual: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a > b, else 0.
   *
   *     y = a > b ? 1 : 0
   */
  greater: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * 1 where a >= b, else 0.
   *
   *     y = a >= b ? 1 : 0
   */
  greaterEqual: kernel<BroadcastGeometry>()({ y: f32 }, { a: f32, b: f32 }),
  /**
   * a where the condition is not 0, else b.
   *
   *     y = condition != 0 ? a : b
   */
  whereForward: kernel<ElementsGeometry>()({ y: f32 }, { condition: f32, a: f32, b: f32 }, 'a'),
  /**
   *     da = condition != 0 ? dy : 0
   *     db = condition != 0 ? 0 : dy
   */
  whereBackward: kernel<ElementsGeometry>()({ da: f32, db: f32 }, { dy: f32, condition: f32 }),
  /**
   * x, but at least min and at most max; NaN stays NaN.
   *
   *     y = atMost(atLeast(x, min), max)
   */
  clipForward: kernel<ElementsGeometry & { readonly min: number; readonly max: number }>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x >= min && x <= max ? dy : 0
   */
  clipBackward: kernel<ElementsGeometry & { readonly min: number; readonly max: number }>()(
    { dx: f32 },
    { dy: f32, x: f32 },
    'dy',
  ),
  /**
   * 1 above 0, -1 below, 0 at 0.
   *
   *     y = x > 0 ? 1 : x < 0 ? -1 : x
   */
  sign: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The next whole number below.
   *
   *     y = floor(x)
   */
  floor: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * A copy; y is a variable.
   *
   *     y = x
   */
  assign: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * What is left of an average that forgets, and a share of the next number.
   *
   *     y = average * momentum + x * share
   */
  movingAverage: kernel<ElementsGeometry & { readonly momentum: number; readonly share: number }>()(
    { y: f32 },
    { average: f32, x: f32 },
    'average',
  ),
  /**
   * e^x.
   *
   *     y = exp(x)
   */
  expForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The natural logarithm.
   *
   *     y = log(x)
   */
  logForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * log(1 + x), without the loss of digits near 0.
   *
   *     y = log1p(x)
   */
  log1pForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * cos(2 pi x) for |x| <= 1000; the sine of a turn is the cosine of a quarter turn less.
   *
   *     y = cosOfTurns(x)
   */
  cosOfTurnsForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The error function; its derivative is 2 / sqrt(pi) e^(-x^2).
   *
   *     y = erf(x)
   */
  erfForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The square root.
   *
   *     y = sqrt(x)
   */
  sqrtForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   * The magnitude; its gradient is 0 at 0.
   *
   *     y = abs(x)
   */
  absForward: kernel<ElementsGeometry>()({ y: f32 }, { x: f32 }, 'x'),
  /**
   *     dx = x > 0 ? dy : x < 0 ? -dy : 0
   */
  absBackward: kernel<ElementsGeometry>()({ dx: f32 }, { dy: f32, x: f32 }, 'dy'),
  /**
   * All elements alike.
   *
   *     y = value
   */
  fill: kernel<ElementsGeometry & { readonly value: number }>()({ y: f32 }, {}),
  /**
   * The cross-entropy of targets and softmax(logits), which no logit can overflow.
   *
   *     top = largest(logits)
   *     probabilities = exp(logits - top)
   *     total = sum(probabilities)
   *     probabilities = probabilities / total
   *     loss = sum(targets * (log(total) - (logits - top)))
   */
  softmaxCrossEntropyForward: kernel<RowsGeometry>()({ loss: f32, probabilities: f32 }, { logits: f32, targets: f32 }),
  /**
   *     dlogits = dloss * (probabilities * sum(targets) - targets)
   */
  softmaxCrossEntropyBackward: kernel<RowsGeometry>()(
    { dlogits: f32 },
    { dloss: f32, targets: f32, probabilities: f32 },
  ),
  /**
   * The cross-entropy of targets and x over its sum, clipped; x is the output of no softmax.
   *
   *     total = sum(x)
   *     logarithm = atMost(log(atLeast(x / total, 1e-7)), -1.00000005e-7)
   *     loss = -sum(targets == 0 ? 0 : targets * logarithm)
   */
  crossEntropyForward: kernel<RowsGeometry>()({ loss: f32 }, { x: f32, targets: f32 }),
  /**
   *     total = sum(x)
   *     q = x / total
   *     inside = q >= 1e-7 && q <= 1 - 1e-7
   *     dx = dloss / total * (sum(inside ? targets : 0) - (inside ? targets / q : 0))
   */
  crossEntropyBackward: kernel<RowsGeometry>()({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),
  /**
   * The mean over the columns of the binary cross-entropy of targets and sigmoid(logits).
   *
   *     probabilities = sigmoid(logits)
   *     loss = mean(atLeast(logits, 0) - logits * targets + log1p(exp(-abs(logits))))
   */
  sigmoidBinaryCrossEntropyForward: kernel<RowsGeometry>()(
    { loss: f32, probabilities: f32 },
    { logits: f32, targets: f32 },
  ),
  /**
   *     dlogits = dloss / columns * (probabilities - targets)
   */
  sigmoidBinaryCrossEntropyBackward: kernel<RowsGeometry>()(
    { dlogits: f32 },
    { dloss: f32, targets: f32, probabilities: f32 },
  ),
  /**
   * The mean over the columns of the binary cross-entropy of targets and the probabilities x, clipped.
   *
   *     hit = targets * atMost(log(atLeast(x, 1e-7)), -1.00000005e-7)
   *     miss = (1 - targets) * atMost(log(atLeast(1 - x, 1e-7)), -1.00000005e-7)
   *     loss = -mean(hit + miss)
   */
  binaryCrossEntropyForward: kernel<RowsGeometry>()({ loss: f32 }, { x: f32, targets: f32 }),
  /**
   *     dx = x >= 1e-7 && x <= 1 - 1e-7 ? dloss / columns * (x - targets) / (x * (1 - x)) : 0
   */
  binaryCrossEntropyBackward: kernel<RowsGeometry>()({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),
  /**
   * The mean over the columns of (x - targets)^2.
   *
   *     difference = x - targets
   *     loss = mean(difference * difference)
   */
  meanSquaredErrorForward: kernel<RowsGeometry>()({ loss: f32 }, { x: f32, targets: f32 }),
  /**
   *     dx = 2 * dloss / columns * (x - targets)
   */
  meanSquaredErrorBackward: kernel<RowsGeometry>()({ dx: f32 }, { dloss: f32, x: f32, targets: f32 }),
  /**
   * 1 where the first largest column of x is the first largest of the targets, else 0; 0 where these are zeros.
   *
   *     correct = argmax(x) == argmax(targets) && largest(targets) > 0 ? 1 : 0
   */
  categoricalAccuracy: kernel<RowsGeometry>()({ correct: f32 }, { x: f32, targets: f32 }),
  /**
   * The share of the columns in which the target is 1 and x above 0.5, or the target 0 and x not above.
   *
   *     correct = mean((x > 0.5 ? 1 : 0) == targets ? 1 : 0)
   */
  binaryAccuracy: kernel<RowsGeometry>()({ correct: f32 }, { x: f32, targets: f32 }),
  /**
   * Gradient descent.
   *
   *     w = w - decay * w - rate * dw
   */
  sgdUpdate: kernel<ElementsGeometry>()({ w: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Sutskever et al. 2013, equations 1 and 2.
   *
   *     velocity = momentum * velocity - rate * dw
   *     w = w - decay * w + velocity
   */
  momentumUpdate: kernel<ElementsGeometry>()({ w: f32, velocity: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.
   *
   *     move = rate * dw
   *     velocity = momentum * velocity - move
   *     w = w - decay * w + (momentum * velocity - move)
   */
  nesterovUpdate: kernel<ElementsGeometry>()({ w: f32, velocity: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.
   *
   *     m = m + (dw - m) * gain1
   *     v = v + (dw * dw - v) * gain2
   *     w = w - decay * w - rate * m / (sqrt(v) + epsilon)
   */
  adamUpdate: kernel<ElementsGeometry>()({ w: f32, m: f32, v: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Adam with the largest v so far (Reddi, Kale and Kumar 2018, algorithm 2), biased as it is, as in Keras.
   *
   *     m = m + (dw - m) * gain1
   *     v = v + (dw * dw - v) * gain2
   *     largest = max(largest, v)
   *     w = w - decay * w - rate * m / (sqrt(largest) + epsilon)
   */
  amsgradUpdate: kernel<ElementsGeometry>()({ w: f32, m: f32, v: f32, largest: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Dozat 2016, algorithm 2: rateOfMean and rateOfGradient hold the rate, the momentum of their step and the bias correction, correction that of v.
   *
   *     m = m + (dw - m) * gain1
   *     v = v + (dw * dw - v) * gain2
   *     w = w - decay * w - (rateOfMean * m + rateOfGradient * dw) / (sqrt(v * correction) + epsilon)
   */
  nadamUpdate: kernel<ElementsGeometry>()({ w: f32, m: f32, v: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Kingma and Ba 2015, algorithm 2: the rate holds the bias correction, gain1 is 1 - beta1.
   *
   *     m = m + (dw - m) * gain1
   *     norm = max(beta2 * norm, abs(dw))
   *     w = w - decay * w - rate * m / (norm + epsilon)
   */
  adamaxUpdate: kernel<ElementsGeometry>()({ w: f32, m: f32, norm: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Tieleman and Hinton 2012, Coursera lecture 6.5. gain is 1 - rho.
   *
   *     v = rho * v + gain * dw * dw
   *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
   */
  rmspropUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32 }, { dw: f32, hyper: f32 }),
  /**
   * RMSprop with momentum as in Keras.
   *
   *     v = rho * v + gain * dw * dw
   *     step = momentum * step + rate * dw / sqrt(v + epsilon)
   *     w = w - decay * w - step
   */
  rmspropMomentumUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32, step: f32 }, { dw: f32, hyper: f32 }),
  /**
   * RMSprop over the variance of the gradients (Graves 2013, equations 38 to 41).
   *
   *     v = rho * v + gain * dw * dw
   *     mean = rho * mean + gain * dw
   *     w = w - decay * w - rate * dw / sqrt(v - mean * mean + epsilon)
   */
  centeredRmspropUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32, mean: f32 }, { dw: f32, hyper: f32 }),
  /**
   * RMSprop over the variance of the gradients, with momentum (Graves 2013, equations 38 to 41).
   *
   *     v = rho * v + gain * dw * dw
   *     mean = rho * mean + gain * dw
   *     step = momentum * step + rate * dw / sqrt(v - mean * mean + epsilon)
   *     w = w - decay * w - step
   */
  centeredRmspropMomentumUpdate: kernel<ElementsGeometry>()(
    { w: f32, v: f32, mean: f32, step: f32 },
    { dw: f32, hyper: f32 },
  ),
  /**
   * Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.
   *
   *     v = v + dw * dw
   *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
   */
  adagradUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Zeiler 2012, algorithm 1. gain is 1 - rho; moved is the mean of the squares of what w moves by.
   *
   *     v = rho * v + gain * dw * dw
   *     move = sqrt(moved + epsilon) * dw / sqrt(v + epsilon)
   *     moved = rho * moved + gain * move * move
   *     w = w - decay * w - rate * move
   */
  adadeltaUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32, moved: f32 }, { dw: f32, hyper: f32 }),
  /**
   * McMahan et al. 2013, algorithm 1, for the power -0.5 of the learning rate: inverse is 1 / rate; shrinkage and curvature are twice the strengths. What has had no gradient yet stays.
   *
   *     before = sqrt(v)
   *     v = v + dw * dw
   *     after = sqrt(v)
   *     kept = w - decay * w
   *     linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
   *     quadratic = after * inverse + curvature
   *     w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic
   */
  ftrlUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32, linear: f32 }, { dw: f32, hyper: f32 }),
  /**
   * McMahan et al. 2013, algorithm 1: the exponent is minus that of the learning rate.
   *
   *     before = pow(v, exponent)
   *     v = v + dw * dw
   *     after = pow(v, exponent)
   *     kept = w - decay * w
   *     linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
   *     quadratic = after * inverse + curvature
   *     w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic
   */
  ftrlPowerUpdate: kernel<ElementsGeometry>()({ w: f32, v: f32, linear: f32 }, { dw: f32, hyper: f32 }),
  /**
   * Chen et al. 2023, algorithm 2. gain1 is 1 - beta1, gain2 is 1 - beta2.
   *
   *     mean = beta1 * m + gain1 * dw
   *     direction = mean > 0 ? 1 : mean < 0 ? -1 : mean
   *     m = beta2 * m + gain2 * dw
   *     w = w - decay * w - rate * direction
   */
  lionUpdate: kernel<ElementsGeometry>()({ w: f32, m: f32 }, { dw: f32, hyper: f32 }),
  /**
   * The direction u of a step of Adam, without the step: correction1 and correction2 are those of the bias of m and v.
   *
   *     m = m + (dw - m) * gain1
   *     v = v + (dw * dw - v) * gain2
   *     u = m * correction1 / (sqrt(v * correction2) + epsilon)
   */
  adamDirectionUpdate: kernel<ElementsGeometry>()({ u: f32, m: f32, v: f32 }, { dw: f32, hyper: f32 }),
} as const;

/** What the vector `hyper` of an update holds, in this order. */
export const hyperNames = {
  sgdUpdate: ['rate', 'decay'],
  momentumUpdate: ['rate', 'momentum', 'decay'],
  nesterovUpdate: ['rate', 'momentum', 'decay'],
  adamUpdate: ['rate', 'gain1', 'gain2', 'epsilon', 'decay'],
  amsgradUpdate: ['rate', 'gain1', 'gain2', 'epsilon', 'decay'],
  nadamUpdate: ['rateOfMean', 'rateOfGradient', 'correction', 'gain1', 'gain2', 'epsilon', 'decay'],
  adamaxUpdate: ['rate', 'gain1', 'beta2', 'epsilon', 'decay'],
  rmspropUpdate: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
  rmspropMomentumUpdate: ['rate', 'rho', 'gain', 'epsilon', 'decay', 'momentum'],
  centeredRmspropUpdate: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
  centeredRmspropMomentumUpdate: ['rate', 'rho', 'gain', 'epsilon', 'decay', 'momentum'],
  adagradUpdate: ['rate', 'epsilon', 'decay'],
  adadeltaUpdate: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
  ftrlUpdate: ['inverse', 'l1', 'curvature', 'shrinkage', 'decay'],
  ftrlPowerUpdate: ['inverse', 'l1', 'curvature', 'shrinkage', 'decay', 'exponent'],
  lionUpdate: ['rate', 'beta1', 'gain1', 'beta2', 'gain2', 'decay'],
  adamDirectionUpdate: ['correction1', 'correction2', 'gain1', 'gain2', 'epsilon'],
} as const;
