import type { Family } from './formula.ts';

/**
 * Steps of optimizers; `rate` is the step size, and `decay` the share by which weight decay makes a parameter smaller,
 * before all else as in Keras.
 */
export const optimizers = {
  sgd: {
    kind: 'update',
    about: 'Gradient descent.',
    slots: [],
    hyper: ['rate', 'decay'],
    step: 'w = w - decay * w - rate * dw',
  },
  momentum: {
    kind: 'update',
    about: 'Sutskever et al. 2013, equations 1 and 2.',
    slots: ['velocity'],
    hyper: ['rate', 'momentum', 'decay'],
    step: `
      velocity = momentum * velocity - rate * dw
      w = w - decay * w + velocity`,
  },
  nesterov: {
    kind: 'update',
    about: 'Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.',
    slots: ['velocity'],
    hyper: ['rate', 'momentum', 'decay'],
    step: `
      move = rate * dw
      velocity = momentum * velocity - move
      w = w - decay * w + (momentum * velocity - move)`,
  },
  adam: {
    kind: 'update',
    about:
      'Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.',
    slots: ['m', 'v'],
    hyper: ['rate', 'gain1', 'gain2', 'epsilon', 'decay'],
    step: `
      m = m + (dw - m) * gain1
      v = v + (dw * dw - v) * gain2
      w = w - decay * w - rate * m / (sqrt(v) + epsilon)`,
  },
  amsgrad: {
    kind: 'update',
    about: 'Adam with the largest v so far (Reddi, Kale and Kumar 2018, algorithm 2), biased as it is, as in Keras.',
    slots: ['m', 'v', 'largest'],
    hyper: ['rate', 'gain1', 'gain2', 'epsilon', 'decay'],
    step: `
      m = m + (dw - m) * gain1
      v = v + (dw * dw - v) * gain2
      largest = max(largest, v)
      w = w - decay * w - rate * m / (sqrt(largest) + epsilon)`,
  },
  nadam: {
    kind: 'update',
    about:
      'Dozat 2016, algorithm 2: rateOfMean and rateOfGradient hold the rate, the momentum of their step and the bias correction, correction that of v.',
    slots: ['m', 'v'],
    hyper: ['rateOfMean', 'rateOfGradient', 'correction', 'gain1', 'gain2', 'epsilon', 'decay'],
    step: `
      m = m + (dw - m) * gain1
      v = v + (dw * dw - v) * gain2
      w = w - decay * w - (rateOfMean * m + rateOfGradient * dw) / (sqrt(v * correction) + epsilon)`,
  },
  adamax: {
    kind: 'update',
    about: 'Kingma and Ba 2015, algorithm 2: the rate holds the bias correction, gain1 is 1 - beta1.',
    slots: ['m', 'norm'],
    hyper: ['rate', 'gain1', 'beta2', 'epsilon', 'decay'],
    step: `
      m = m + (dw - m) * gain1
      norm = max(beta2 * norm, abs(dw))
      w = w - decay * w - rate * m / (norm + epsilon)`,
  },
  rmsprop: {
    kind: 'update',
    about: 'Tieleman and Hinton 2012, Coursera lecture 6.5. gain is 1 - rho.',
    slots: ['v'],
    hyper: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
    step: `
      v = rho * v + gain * dw * dw
      w = w - decay * w - rate * dw / sqrt(v + epsilon)`,
  },
  rmspropMomentum: {
    kind: 'update',
    about: 'RMSprop with momentum as in Keras.',
    slots: ['v', 'step'],
    hyper: ['rate', 'rho', 'gain', 'epsilon', 'decay', 'momentum'],
    step: `
      v = rho * v + gain * dw * dw
      step = momentum * step + rate * dw / sqrt(v + epsilon)
      w = w - decay * w - step`,
  },
  centeredRmsprop: {
    kind: 'update',
    about: 'RMSprop over the variance of the gradients (Graves 2013, equations 38 to 41).',
    slots: ['v', 'mean'],
    hyper: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
    step: `
      v = rho * v + gain * dw * dw
      mean = rho * mean + gain * dw
      w = w - decay * w - rate * dw / sqrt(v - mean * mean + epsilon)`,
  },
  centeredRmspropMomentum: {
    kind: 'update',
    about: 'RMSprop over the variance of the gradients, with momentum (Graves 2013, equations 38 to 41).',
    slots: ['v', 'mean', 'step'],
    hyper: ['rate', 'rho', 'gain', 'epsilon', 'decay', 'momentum'],
    step: `
      v = rho * v + gain * dw * dw
      mean = rho * mean + gain * dw
      step = momentum * step + rate * dw / sqrt(v - mean * mean + epsilon)
      w = w - decay * w - step`,
  },
  adagrad: {
    kind: 'update',
    about: 'Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.',
    slots: ['v'],
    hyper: ['rate', 'epsilon', 'decay'],
    step: `
      v = v + dw * dw
      w = w - decay * w - rate * dw / sqrt(v + epsilon)`,
  },
  adadelta: {
    kind: 'update',
    about: 'Zeiler 2012, algorithm 1. gain is 1 - rho; moved is the mean of the squares of what w moves by.',
    slots: ['v', 'moved'],
    hyper: ['rate', 'rho', 'gain', 'epsilon', 'decay'],
    step: `
      v = rho * v + gain * dw * dw
      move = sqrt(moved + epsilon) * dw / sqrt(v + epsilon)
      moved = rho * moved + gain * move * move
      w = w - decay * w - rate * move`,
  },
  ftrl: {
    kind: 'update',
    about:
      'McMahan et al. 2013, algorithm 1, for the power -0.5 of the learning rate: inverse is 1 / rate; shrinkage and curvature are twice the strengths. What has had no gradient yet stays.',
    slots: ['v', 'linear'],
    hyper: ['inverse', 'l1', 'curvature', 'shrinkage', 'decay'],
    step: `
      before = sqrt(v)
      v = v + dw * dw
      after = sqrt(v)
      kept = w - decay * w
      linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
      quadratic = after * inverse + curvature
      w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic`,
  },
  ftrlPower: {
    kind: 'update',
    about: 'McMahan et al. 2013, algorithm 1: the exponent is minus that of the learning rate.',
    slots: ['v', 'linear'],
    hyper: ['inverse', 'l1', 'curvature', 'shrinkage', 'decay', 'exponent'],
    step: `
      before = pow(v, exponent)
      v = v + dw * dw
      after = pow(v, exponent)
      kept = w - decay * w
      linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
      quadratic = after * inverse + curvature
      w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic`,
  },
  lion: {
    kind: 'update',
    about: 'Chen et al. 2023, algorithm 2. gain1 is 1 - beta1, gain2 is 1 - beta2.',
    slots: ['m'],
    hyper: ['rate', 'beta1', 'gain1', 'beta2', 'gain2', 'decay'],
    step: `
      mean = beta1 * m + gain1 * dw
      direction = mean > 0 ? 1 : mean < 0 ? -1 : mean
      m = beta2 * m + gain2 * dw
      w = w - decay * w - rate * direction`,
  },
  adamDirection: {
    kind: 'update',
    about:
      'The direction u of a step of Adam, without the step: correction1 and correction2 are those of the bias of m and v.',
    slots: ['m', 'v'],
    hyper: ['correction1', 'correction2', 'gain1', 'gain2', 'epsilon'],
    outputs: ['u', 'm', 'v'],
    step: `
      m = m + (dw - m) * gain1
      v = v + (dw * dw - v) * gain2
      u = m * correction1 / (sqrt(v * correction2) + epsilon)`,
  },
} as const satisfies Family;
