// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { atLeast, atMost, exp, log, log1p, sigmoid } from '../../math.ts';
import { largestOf } from '../rows.ts';

/**
 * The cross-entropy of targets and softmax(logits), which no logit can overflow.
 *
 *     top = largest(logits)
 *     probabilities = exp(logits - top)
 *     total = sum(probabilities)
 *     probabilities = probabilities / total
 *     loss = sum(targets * (log(total) - (logits - top)))
 */
export const softmaxCrossEntropyForward: KernelFunction<'softmaxCrossEntropyForward'> = (
  { loss: lossAll, probabilities: probabilitiesAll },
  { logits: logitsAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const top = largestOf(logitsAll, start, end);
    let total = 0;
    for (let i = start; i < end; i++) {
      const logits = logitsAll[i]!;
      const probabilities = exp(logits - top);
      probabilitiesAll[i] = probabilities;
      total += probabilities;
    }
    const ofRow = log(total);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const probabilities = probabilitiesAll[i]!;
      const targets = targetsAll[i]!;
      const logits = logitsAll[i]!;
      probabilitiesAll[i] = probabilities / total;
      sum += targets * (ofRow - (logits - top));
    }
    lossAll[row] = sum;
  }
};

/**
 *     dlogits = dloss * (probabilities * sum(targets) - targets)
 */
export const softmaxCrossEntropyBackward: KernelFunction<'softmaxCrossEntropyBackward'> = (
  { dlogits: dlogitsAll },
  { dloss: dlossAll, targets: targetsAll, probabilities: probabilitiesAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const dloss = dlossAll[row]!;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const targets = targetsAll[i]!;
      sum += targets;
    }
    for (let i = start; i < end; i++) {
      const probabilities = probabilitiesAll[i]!;
      const targets = targetsAll[i]!;
      dlogitsAll[i] = dloss * (probabilities * sum - targets);
    }
  }
};

/**
 * The cross-entropy of targets and x over its sum, clipped; x is the output of no softmax.
 *
 *     total = sum(x)
 *     logarithm = atMost(log(atLeast(x / total, 1e-7)), -1.00000005e-7)
 *     loss = -sum(targets == 0 ? 0 : targets * logarithm)
 */
export const crossEntropyForward: KernelFunction<'crossEntropyForward'> = (
  { loss: lossAll },
  { x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let total = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      total += x;
    }
    let sum = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      const logarithm = atMost(log(atLeast(x / total, 1e-7)), -1.00000005e-7);
      sum += targets === 0 ? 0 : targets * logarithm;
    }
    lossAll[row] = -sum;
  }
};

/**
 *     total = sum(x)
 *     q = x / total
 *     inside = q >= 1e-7 && q <= 1 - 1e-7
 *     dx = dloss / total * (sum(inside ? targets : 0) - (inside ? targets / q : 0))
 */
export const crossEntropyBackward: KernelFunction<'crossEntropyBackward'> = (
  { dx: dxAll },
  { dloss: dlossAll, x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const dloss = dlossAll[row]!;
    let total = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      total += x;
    }
    const ofRow = dloss / total;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      const q = x / total;
      const inside = q >= 1e-7 && q <= 0.9999999;
      sum += inside ? targets : 0;
    }
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      const q = x / total;
      const inside = q >= 1e-7 && q <= 0.9999999;
      dxAll[i] = ofRow * (sum - (inside ? targets / q : 0));
    }
  }
};

/**
 * The mean over the columns of the binary cross-entropy of targets and sigmoid(logits).
 *
 *     probabilities = sigmoid(logits)
 *     loss = mean(atLeast(logits, 0) - logits * targets + log1p(exp(-abs(logits))))
 */
export const sigmoidBinaryCrossEntropyForward: KernelFunction<'sigmoidBinaryCrossEntropyForward'> = (
  { loss: lossAll, probabilities: probabilitiesAll },
  { logits: logitsAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const logits = logitsAll[i]!;
      const targets = targetsAll[i]!;
      probabilitiesAll[i] = sigmoid(logits);
      sum += atLeast(logits, 0) - logits * targets + log1p(exp(-Math.abs(logits)));
    }
    lossAll[row] = sum / columns;
  }
};

/**
 *     dlogits = dloss / columns * (probabilities - targets)
 */
export const sigmoidBinaryCrossEntropyBackward: KernelFunction<'sigmoidBinaryCrossEntropyBackward'> = (
  { dlogits: dlogitsAll },
  { dloss: dlossAll, targets: targetsAll, probabilities: probabilitiesAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const dloss = dlossAll[row]!;
    const ofRow = dloss / columns;
    for (let i = start; i < end; i++) {
      const probabilities = probabilitiesAll[i]!;
      const targets = targetsAll[i]!;
      dlogitsAll[i] = ofRow * (probabilities - targets);
    }
  }
};

/**
 * The mean over the columns of the binary cross-entropy of targets and the probabilities x, clipped.
 *
 *     hit = targets * atMost(log(atLeast(x, 1e-7)), -1.00000005e-7)
 *     miss = (1 - targets) * atMost(log(atLeast(1 - x, 1e-7)), -1.00000005e-7)
 *     loss = -mean(hit + miss)
 */
export const binaryCrossEntropyForward: KernelFunction<'binaryCrossEntropyForward'> = (
  { loss: lossAll },
  { x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const targets = targetsAll[i]!;
      const x = xAll[i]!;
      const hit = targets * atMost(log(atLeast(x, 1e-7)), -1.00000005e-7);
      const miss = (1 - targets) * atMost(log(atLeast(1 - x, 1e-7)), -1.00000005e-7);
      sum += hit + miss;
    }
    lossAll[row] = -(sum / columns);
  }
};

/**
 *     dx = x >= 1e-7 && x <= 1 - 1e-7 ? dloss / columns * (x - targets) / (x * (1 - x)) : 0
 */
export const binaryCrossEntropyBackward: KernelFunction<'binaryCrossEntropyBackward'> = (
  { dx: dxAll },
  { dloss: dlossAll, x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const dloss = dlossAll[row]!;
    const ofRow = dloss / columns;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      dxAll[i] = x >= 1e-7 && x <= 0.9999999 ? (ofRow * (x - targets)) / (x * (1 - x)) : 0;
    }
  }
};

/**
 * The mean over the columns of (x - targets)^2.
 *
 *     difference = x - targets
 *     loss = mean(difference * difference)
 */
export const meanSquaredErrorForward: KernelFunction<'meanSquaredErrorForward'> = (
  { loss: lossAll },
  { x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      const difference = x - targets;
      sum += difference * difference;
    }
    lossAll[row] = sum / columns;
  }
};

/**
 *     dx = 2 * dloss / columns * (x - targets)
 */
export const meanSquaredErrorBackward: KernelFunction<'meanSquaredErrorBackward'> = (
  { dx: dxAll },
  { dloss: dlossAll, x: xAll, targets: targetsAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const dloss = dlossAll[row]!;
    const ofRow = (2 * dloss) / columns;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const targets = targetsAll[i]!;
      dxAll[i] = ofRow * (x - targets);
    }
  }
};
