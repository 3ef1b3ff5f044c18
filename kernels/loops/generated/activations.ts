// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { atLeast, exp, expm1, log1p, sigmoid, tanh } from '../../math.ts';
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
