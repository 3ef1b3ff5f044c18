import type { Family } from './formula.ts';

export const activations = {
  relu: {
    kind: 'elementwise',
    about: 'x where it is positive, else 0; NaN stays NaN.',
    forward: 'y = atLeast(x, 0)',
    backward: 'dx = y > 0 ? dy : 0',
  },
  thresholdedRelu: {
    kind: 'elementwise',
    about:
      'x above the threshold, but at most maxValue; alpha (x - threshold) below. It is 0 for -Infinity and alpha 0.',
    options: ['alpha', 'maxValue', 'threshold'],
    isInternal: true,
    forward: 'y = x > threshold ? atMost(x, maxValue) : alpha * atLeast(x - threshold, -3.4e38)',
    backward: 'dx = x > threshold ? (x <= maxValue ? dy : 0) : alpha * dy',
  },
  leakyRelu: {
    kind: 'elementwise',
    about: 'Maas et al. 2013; alpha >= 0.',
    options: ['alpha'],
    forward: 'y = x > 0 ? x : alpha * x',
    backward: 'dx = x > 0 ? dy : alpha * dy',
  },
  prelu: {
    kind: 'broadcast',
    about: 'He et al. 2015, equation 1: a where it is positive, else b a.',
    forward: 'y = a > 0 ? a : b * a',
    gradient: 'da = where(a > 0, dy, dy * b)\n db = dy * minimum(a, 0)',
  },
  elu: {
    kind: 'elementwise',
    about: 'Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha.',
    options: ['alpha'],
    forward: 'y = x > 0 ? x : alpha * expm1(x)',
    backward: 'dx = x > 0 ? dy : dy * (y + alpha)',
  },
  gelu: {
    kind: 'elementwise',
    about: 'Hendrycks and Gimpel 2016: x times the share of a standard normal distribution that lies below x.',
    forward: 'y = 0.5 * x * (1 + erf(0.7071067811865476 * x))',
    backward: 'dx = dy * (0.5 + 0.5 * erf(0.7071067811865476 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x))',
  },
  geluTanh: {
    kind: 'elementwise',
    about:
      'Hendrycks and Gimpel 2016, section 2: gelu by a hyperbolic tangent, written as the sigmoid of twice its operand. Beyond 20 the slope is that of 0 or of x.',
    isInternal: true,
    forward: 'y = x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))',
    backward: `
      near = atMost(atLeast(x, -20), 20)
      s = sigmoid(1.5957691216057308 * (near + 0.044715 * near * near * near))
      slope = 1.5957691216057308 * (1 + 0.134145 * near * near)
      dx = dy * s * (1 + near * (1 - s) * slope)`,
  },
  sigmoid: {
    kind: 'elementwise',
    about: '1 / (1 + e^-x).',
    forward: 'y = sigmoid(x)',
    backward: 'dx = dy * y * (1 - y)',
  },
  silu: {
    kind: 'elementwise',
    about: 'x sigmoid(x) (Elfwing et al. 2018), also known as swish.',
    forward: 'y = x * sigmoid(x)',
    backward: `
      s = sigmoid(x)
      dx = dy * s * (1 + x * (1 - s))`,
  },
  hardSilu: {
    kind: 'elementwise',
    about: 'x hardSigmoid(x) (Howard et al. 2019, section 5.2), also known as hard swish.',
    forward: 'y = x * atMost(atLeast(x / 6 + 0.5, 0), 1)',
    backward: 'dx = x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy',
  },
  softplus: {
    kind: 'elementwise',
    about: 'log(1 + e^x), in a form that does not overflow.',
    forward: 'y = atLeast(x, 0) + log1p(exp(-abs(x)))',
    backward: 'dx = dy * sigmoid(x)',
  },
  tanh: {
    kind: 'elementwise',
    about: 'The hyperbolic tangent.',
    forward: 'y = tanh(x)',
    backward: 'dx = dy * (1 - y * y)',
  },
  softmax: {
    kind: 'rows',
    about: "e^x over its sum, the row's maximum subtracted first so that nothing overflows.",
    inputs: { x: 'matrix' },
    outputs: { y: 'matrix' },
    inPlace: 'x',
    forward: `
      y = exp(x - largest(x))
      y = y / sum(y)`,
    backward: 'dx = y * (dy - sum(dy * y))',
  },
  logSoftmax: {
    kind: 'rows',
    about: 'The logarithm of the softmax, which does not go through it.',
    inputs: { x: 'matrix' },
    outputs: { y: 'matrix' },
    forward: `
      top = largest(x)
      total = sum(exp(x - top))
      y = x - top - log(total)`,
    backward: 'dx = dy - exp(y) * sum(dy)',
  },
} as const satisfies Family;
