import type { Family } from './formula.ts';

/** Steps of optimizers; `rate` is the step size. */
export const optimizers = {
  sgd: {
    kind: 'update',
    about: 'Gradient descent.',
    slots: [],
    hyper: ['rate'],
    step: 'w = w - rate * dw',
  },
  momentum: {
    kind: 'update',
    about: 'Sutskever et al. 2013, equations 1 and 2.',
    slots: ['velocity'],
    hyper: ['rate', 'momentum'],
    step: `
      velocity = momentum * velocity - rate * dw
      w = w + velocity`,
  },
  nesterov: {
    kind: 'update',
    about: 'Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.',
    slots: ['velocity'],
    hyper: ['rate', 'momentum'],
    step: `
      move = rate * dw
      velocity = momentum * velocity - move
      w = w + (momentum * velocity - move)`,
  },
  adam: {
    kind: 'update',
    about:
      'Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.',
    slots: ['m', 'v'],
    hyper: ['rate', 'gain1', 'gain2', 'epsilon'],
    step: `
      m = m + (dw - m) * gain1
      v = v + (dw * dw - v) * gain2
      w = w - rate * m / (sqrt(v) + epsilon)`,
  },
  rmsprop: {
    kind: 'update',
    about: 'Tieleman and Hinton 2012, Coursera lecture 6.5, with momentum as in Keras. gain is 1 - rho.',
    slots: ['v', 'step'],
    hyper: ['rate', 'rho', 'gain', 'momentum', 'epsilon'],
    step: `
      v = rho * v + gain * dw * dw
      step = momentum * step + rate * dw / sqrt(v + epsilon)
      w = w - step`,
  },
  adagrad: {
    kind: 'update',
    about: 'Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.',
    slots: ['v'],
    hyper: ['rate', 'epsilon'],
    step: `
      v = v + dw * dw
      w = w - rate * dw / sqrt(v + epsilon)`,
  },
} as const satisfies Family;
