import type { Family } from './formula.ts';

export const arithmetic = {
  add: { kind: 'broadcast', about: 'a + b.', forward: 'y = a + b', gradient: 'da = dy\n db = dy' },
  subtract: { kind: 'broadcast', about: 'a - b.', forward: 'y = a - b', gradient: 'da = dy\n db = -dy' },
  multiply: { kind: 'broadcast', about: 'a b.', forward: 'y = a * b', gradient: 'da = dy * b\n db = dy * a' },
  divide: { kind: 'broadcast', about: 'a / b.', forward: 'y = a / b', gradient: 'da = dy / b\n db = -(dy / b * y)' },
  affine: {
    kind: 'elementwise',
    about: 'The same factor and offset for all elements.',
    options: ['factor', 'offset'],
    defaults: { offset: 0 },
    forward: 'y = factor * x + offset',
    gradient: 'dx = affine(dy, factor, 0)',
  },
  negate: { kind: 'elementwise', about: '-x.', forward: 'y = -x', gradient: 'dx = -dy' },
  square: { kind: 'elementwise', about: 'x x.', forward: 'y = x * x', gradient: 'dx = 2 * x * dy' },
  exp: { kind: 'elementwise', about: 'e^x.', forward: 'y = exp(x)', gradient: 'dx = dy * y' },
  log: { kind: 'elementwise', about: 'The natural logarithm.', forward: 'y = log(x)', gradient: 'dx = dy / x' },
  sqrt: { kind: 'elementwise', about: 'The square root.', forward: 'y = sqrt(x)', gradient: 'dx = 0.5 * dy / y' },
  abs: {
    kind: 'elementwise',
    about: 'The magnitude; its gradient is 0 at 0.',
    forward: 'y = abs(x)',
    backward: 'dx = x > 0 ? dy : x < 0 ? -dy : 0',
  },
  fill: {
    kind: 'elementwise',
    about: 'All elements alike.',
    inputs: [],
    options: ['value'],
    forward: 'y = value',
  },
} as const satisfies Family;
