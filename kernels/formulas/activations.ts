import type { Family } from './formula.ts';

export const activations = {
  relu: {
    kind: 'elementwise',
    about: 'x where it is positive, else 0; NaN stays NaN.',
    forward: 'y = atLeast(x, 0)',
    backward: 'dx = y > 0 ? dy : 0',
  },
  leakyRelu: {
    kind: 'elementwise',
    about: 'Maas et al. 2013; alpha >= 0.',
    options: ['alpha'],
    forward: 'y = x > 0 ? x : alpha * x',
    backward: 'dx = x > 0 ? dy : alpha * dy',
  },
  elu: {
    kind: 'elementwise',
    about: 'Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha.',
    options: ['alpha'],
    forward: 'y = x > 0 ? x : alpha * expm1(x)',
    backward: 'dx = x > 0 ? dy : dy * (y + alpha)',
  },
  sigmoid: {
    kind: 'elementwise',
    about: '1 / (1 + e^-x).',
    forward: 'y = sigmoid(x)',
    backward: 'dx = dy * y * (1 - y)',
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
} as const satisfies Family;
