import type { Family } from './formula.ts';

/**
 * One number a row. Keras clips probabilities to 1e-7 ... 1 - 1e-7 before it takes a logarithm. Float32 has no number so
 * near to 1, so here the logarithm is kept below that of 1 - 1e-7, which is -1.00000005e-7.
 */
export const losses = {
  softmaxCrossEntropy: {
    kind: 'rows',
    about: 'The cross-entropy of targets and softmax(logits), which no logit can overflow.',
    inputs: { logits: 'matrix', targets: 'matrix' },
    outputs: { loss: 'perRow', probabilities: 'matrix' },
    forward: `
      top = largest(logits)
      probabilities = exp(logits - top)
      total = sum(probabilities)
      probabilities = probabilities / total
      loss = sum(targets * (log(total) - (logits - top)))`,
    backward: 'dlogits = dloss * (probabilities * sum(targets) - targets)',
  },
  crossEntropy: {
    kind: 'rows',
    about: 'The cross-entropy of targets and x over its sum, clipped; x is the output of no softmax.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { loss: 'perRow' },
    forward: `
      total = sum(x)
      logarithm = atMost(log(atLeast(x / total, 1e-7)), -1.00000005e-7)
      loss = -sum(targets == 0 ? 0 : targets * logarithm)`,
    backward: `
      total = sum(x)
      q = x / total
      inside = q >= 1e-7 && q <= 1 - 1e-7
      dx = dloss / total * (sum(inside ? targets : 0) - (inside ? targets / q : 0))`,
  },
  sigmoidBinaryCrossEntropy: {
    kind: 'rows',
    about: 'The mean over the columns of the binary cross-entropy of targets and sigmoid(logits).',
    inputs: { logits: 'matrix', targets: 'matrix' },
    outputs: { loss: 'perRow', probabilities: 'matrix' },
    forward: `
      probabilities = sigmoid(logits)
      loss = mean(atLeast(logits, 0) - logits * targets + log1p(exp(-abs(logits))))`,
    backward: 'dlogits = dloss / columns * (probabilities - targets)',
  },
  binaryCrossEntropy: {
    kind: 'rows',
    about: 'The mean over the columns of the binary cross-entropy of targets and the probabilities x, clipped.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { loss: 'perRow' },
    forward: `
      hit = targets * atMost(log(atLeast(x, 1e-7)), -1.00000005e-7)
      miss = (1 - targets) * atMost(log(atLeast(1 - x, 1e-7)), -1.00000005e-7)
      loss = -mean(hit + miss)`,
    backward: 'dx = x >= 1e-7 && x <= 1 - 1e-7 ? dloss / columns * (x - targets) / (x * (1 - x)) : 0',
  },
  meanSquaredError: {
    kind: 'rows',
    about: 'The mean over the columns of (x - targets)^2.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { loss: 'perRow' },
    forward: `
      difference = x - targets
      loss = mean(difference * difference)`,
    backward: 'dx = 2 * dloss / columns * (x - targets)',
  },
} as const satisfies Family;
