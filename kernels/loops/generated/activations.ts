// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { atLeast, atMost, erf, exp, expm1, log, log1p, sigmoid, tanh } from '../../math.ts';
import { stridedOffset } from '../layout.ts';
import { largestOf } from '../rows.ts';

/**
 * x where it is positive, else 0; NaN stays NaN.
 *
 *     y = atLeast(x, 0)
 */
export const reluForward: KernelFunction<'reluForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = atLeast(x, 0);
  }
};

/**
 *     dx = y > 0 ? dy : 0
 */
export const reluBackward: KernelFunction<'reluBackward'> = ({ dx: dxAll }, { dy: dyAll, y: yAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const y = yAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = y > 0 ? dy : 0;
  }
};

/**
 * x above the threshold, but at most maxValue; alpha (x - threshold) below. It is 0 for -Infinity and alpha 0.
 *
 *     y = x > threshold ? atMost(x, maxValue) : alpha * atLeast(x - threshold, -3.4e38)
 */
export const thresholdedReluForward: KernelFunction<'thresholdedReluForward'> = (
  { y: yAll },
  { x: xAll },
  { size, alpha, maxValue, threshold },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x > threshold ? atMost(x, maxValue) : alpha * atLeast(x - threshold, -3.4e38);
  }
};

/**
 *     dx = x > threshold ? (x <= maxValue ? dy : 0) : alpha * dy
 */
export const thresholdedReluBackward: KernelFunction<'thresholdedReluBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size, alpha, maxValue, threshold },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = x > threshold ? (x <= maxValue ? dy : 0) : alpha * dy;
  }
};

/**
 * Maas et al. 2013; alpha >= 0.
 *
 *     y = x > 0 ? x : alpha * x
 */
export const leakyReluForward: KernelFunction<'leakyReluForward'> = ({ y: yAll }, { x: xAll }, { size, alpha }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x > 0 ? x : alpha * x;
  }
};

/**
 *     dx = x > 0 ? dy : alpha * dy
 */
export const leakyReluBackward: KernelFunction<'leakyReluBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size, alpha },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = x > 0 ? dy : alpha * dy;
  }
};

/**
 * He et al. 2015, equation 1: a where it is positive, else b a.
 *
 *     y = a > 0 ? a : b * a
 */
export const preluForward: KernelFunction<'preluForward'> = (
  { y: yAll },
  { a: aAll, b: bAll },
  { size, shape, aStrides, bStrides },
) => {
  const last = shape.length - 1;
  const columns = last < 0 ? 1 : shape[last]!;
  const aStep = last < 0 ? 0 : aStrides[last]!;
  const bStep = last < 0 ? 0 : bStrides[last]!;
  for (let start = 0, row = 0; start < size; start += columns, row++) {
    const aStart = stridedOffset(row, shape, aStrides, last);
    const bStart = stridedOffset(row, shape, bStrides, last);
    for (let i = 0; i < columns; i++)
      yAll[start + i] =
        aAll[aStart + i * aStep]! > 0
          ? aAll[aStart + i * aStep]!
          : bAll[bStart + i * bStep]! * aAll[aStart + i * aStep]!;
  }
};

/**
 * Clevert et al. 2016, equation 15. For x <= 0 the derivative alpha e^x is y + alpha.
 *
 *     y = x > 0 ? x : alpha * expm1(x)
 */
export const eluForward: KernelFunction<'eluForward'> = ({ y: yAll }, { x: xAll }, { size, alpha }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x > 0 ? x : alpha * expm1(x);
  }
};

/**
 *     dx = x > 0 ? dy : dy * (y + alpha)
 */
export const eluBackward: KernelFunction<'eluBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll, y: yAll },
  { size, alpha },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    const y = yAll[i]!;
    dxAll[i] = x > 0 ? dy : dy * (y + alpha);
  }
};

/**
 * Hendrycks and Gimpel 2016: x times the share of a standard normal distribution that lies below x.
 *
 *     y = 0.5 * x * (1 + erf(0.7071067811865476 * x))
 */
export const geluForward: KernelFunction<'geluForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = 0.5 * x * (1 + erf(0.7071067811865476 * x));
  }
};

/**
 *     dx = dy * (0.5 + 0.5 * erf(0.7071067811865476 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x))
 */
export const geluBackward: KernelFunction<'geluBackward'> = ({ dx: dxAll }, { dy: dyAll, x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const dy = dyAll[i]!;
    const x = xAll[i]!;
    dxAll[i] = dy * (0.5 + 0.5 * erf(0.7071067811865476 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x));
  }
};

/**
 * Hendrycks and Gimpel 2016, section 2: gelu by a hyperbolic tangent, written as the sigmoid of twice its operand. Beyond 20 the slope is that of 0 or of x.
 *
 *     y = x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))
 */
export const geluTanhForward: KernelFunction<'geluTanhForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x));
  }
};

/**
 *     near = atMost(atLeast(x, -20), 20)
 *     s = sigmoid(1.5957691216057308 * (near + 0.044715 * near * near * near))
 *     slope = 1.5957691216057308 * (1 + 0.134145 * near * near)
 *     dx = dy * s * (1 + near * (1 - s) * slope)
 */
export const geluTanhBackward: KernelFunction<'geluTanhBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    const near = atMost(atLeast(x, -20), 20);
    const s = sigmoid(1.5957691216057308 * (near + 0.044715 * near * near * near));
    const slope = 1.5957691216057308 * (1 + 0.134145 * near * near);
    dxAll[i] = dy * s * (1 + near * (1 - s) * slope);
  }
};

/**
 * 1 / (1 + e^-x).
 *
 *     y = sigmoid(x)
 */
export const sigmoidForward: KernelFunction<'sigmoidForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = sigmoid(x);
  }
};

/**
 *     dx = dy * y * (1 - y)
 */
export const sigmoidBackward: KernelFunction<'sigmoidBackward'> = ({ dx: dxAll }, { dy: dyAll, y: yAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const dy = dyAll[i]!;
    const y = yAll[i]!;
    dxAll[i] = dy * y * (1 - y);
  }
};

/**
 * x sigmoid(x) (Elfwing et al. 2018), also known as swish.
 *
 *     y = x * sigmoid(x)
 */
export const siluForward: KernelFunction<'siluForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x * sigmoid(x);
  }
};

/**
 *     s = sigmoid(x)
 *     dx = dy * s * (1 + x * (1 - s))
 */
export const siluBackward: KernelFunction<'siluBackward'> = ({ dx: dxAll }, { dy: dyAll, x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    const s = sigmoid(x);
    dxAll[i] = dy * s * (1 + x * (1 - s));
  }
};

/**
 * x hardSigmoid(x) (Howard et al. 2019, section 5.2), also known as hard swish.
 *
 *     y = x * atMost(atLeast(x / 6 + 0.5, 0), 1)
 */
export const hardSiluForward: KernelFunction<'hardSiluForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = x * atMost(atLeast(x / 6 + 0.5, 0), 1);
  }
};

/**
 *     dx = x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy
 */
export const hardSiluBackward: KernelFunction<'hardSiluBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size },
) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    const dy = dyAll[i]!;
    dxAll[i] = x <= -3 ? 0 : x < 3 ? dy * (x / 3 + 0.5) : dy;
  }
};

/**
 * log(1 + e^x), in a form that does not overflow.
 *
 *     y = atLeast(x, 0) + log1p(exp(-abs(x)))
 */
export const softplusForward: KernelFunction<'softplusForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = atLeast(x, 0) + log1p(exp(-Math.abs(x)));
  }
};

/**
 *     dx = dy * sigmoid(x)
 */
export const softplusBackward: KernelFunction<'softplusBackward'> = (
  { dx: dxAll },
  { dy: dyAll, x: xAll },
  { size },
) => {
  for (let i = 0; i < size; i++) {
    const dy = dyAll[i]!;
    const x = xAll[i]!;
    dxAll[i] = dy * sigmoid(x);
  }
};

/**
 * The hyperbolic tangent.
 *
 *     y = tanh(x)
 */
export const tanhForward: KernelFunction<'tanhForward'> = ({ y: yAll }, { x: xAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const x = xAll[i]!;
    yAll[i] = tanh(x);
  }
};

/**
 *     dx = dy * (1 - y * y)
 */
export const tanhBackward: KernelFunction<'tanhBackward'> = ({ dx: dxAll }, { dy: dyAll, y: yAll }, { size }) => {
  for (let i = 0; i < size; i++) {
    const dy = dyAll[i]!;
    const y = yAll[i]!;
    dxAll[i] = dy * (1 - y * y);
  }
};

/**
 * e^x over its sum, the row's maximum subtracted first so that nothing overflows.
 *
 *     y = exp(x - largest(x))
 *     y = y / sum(y)
 */
export const softmaxForward: KernelFunction<'softmaxForward'> = ({ y: yAll }, { x: xAll }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const largest = largestOf(xAll, start, end);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      const y = exp(x - largest);
      yAll[i] = y;
      sum += y;
    }
    for (let i = start; i < end; i++) {
      const y = yAll[i]!;
      yAll[i] = y / sum;
    }
  }
};

/**
 *     dx = y * (dy - sum(dy * y))
 */
export const softmaxBackward: KernelFunction<'softmaxBackward'> = (
  { dx: dxAll },
  { dy: dyAll, y: yAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const dy = dyAll[i]!;
      const y = yAll[i]!;
      sum += dy * y;
    }
    for (let i = start; i < end; i++) {
      const y = yAll[i]!;
      const dy = dyAll[i]!;
      dxAll[i] = y * (dy - sum);
    }
  }
};

/**
 * The logarithm of the softmax, which does not go through it.
 *
 *     top = largest(x)
 *     total = sum(exp(x - top))
 *     y = x - top - log(total)
 */
export const logSoftmaxForward: KernelFunction<'logSoftmaxForward'> = ({ y: yAll }, { x: xAll }, { rows, columns }) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const top = largestOf(xAll, start, end);
    let total = 0;
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      total += exp(x - top);
    }
    const ofRow = log(total);
    for (let i = start; i < end; i++) {
      const x = xAll[i]!;
      yAll[i] = x - top - ofRow;
    }
  }
};

/**
 *     dx = dy - exp(y) * sum(dy)
 */
export const logSoftmaxBackward: KernelFunction<'logSoftmaxBackward'> = (
  { dx: dxAll },
  { dy: dyAll, y: yAll },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const dy = dyAll[i]!;
      sum += dy;
    }
    for (let i = start; i < end; i++) {
      const dy = dyAll[i]!;
      const y = yAll[i]!;
      dxAll[i] = dy - exp(y) * sum;
    }
  }
};
