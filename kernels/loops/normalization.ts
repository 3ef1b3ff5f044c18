import type { KernelFunction } from '../contract.ts';
import type { NormalizationGeometry } from '../geometry.ts';

/** In float64, the variance from the differences from the mean. scratch holds both for the groups of an outer index. */
export const normalizationForward: KernelFunction<'normalizationForward'> = (
  { y, mean, variance },
  { x, gamma, beta },
  g,
  scratch,
) => {
  const { outer, rows, groups, width, epsilon, isCentered } = g;
  const count = rows * width;
  const columns = groups * width;
  for (let o = 0; o < outer; o++) {
    const start = o * rows * columns;
    scratch.fill(0, 0, 2 * groups);
    if (isCentered) {
      forEachRun(g, start, (from, group) => {
        for (let c = 0; c < width; c++) scratch[group] = scratch[group]! + x[from + c]! / count;
      });
    }
    forEachRun(g, start, (from, group) => {
      const center = scratch[group]!;
      for (let c = 0; c < width; c++) {
        scratch[groups + group] = scratch[groups + group]! + (x[from + c]! - center) ** 2 / count;
      }
    });
    for (let group = 0; group < groups; group++) {
      mean[o * groups + group] = scratch[group]!;
      variance[o * groups + group] = scratch[groups + group]!;
    }
    forEachRun(g, start, (from, group) => {
      // As they are kept, so that backward can compute y again to the same bits.
      const center = mean[o * groups + group]!;
      const factor = 1 / Math.sqrt(variance[o * groups + group]! + epsilon);
      for (let c = 0; c < width; c++) {
        const column = group * width + c;
        y[from + c] = (x[from + c]! - center) * factor * gamma[column]! + beta[column]!;
      }
    });
  }
};

/**
 * With z the normalized x and g = gamma dy: dx = (g - mean of g - z mean of (g z)) / sqrt(variance + epsilon), the means
 * being those over which x was normalized. scratch holds the two means of each group, then dgamma and dbeta.
 */
export const normalizationBackward: KernelFunction<'normalizationBackward'> = (
  { dx, dgamma, dbeta },
  { dy, x, mean, variance, gamma },
  g,
  scratch,
) => {
  const { outer, rows, groups, width, epsilon, isCentered } = g;
  const count = rows * width;
  const columns = groups * width;
  const [gammaAt, betaAt] = [2 * groups, 2 * groups + columns];
  scratch.fill(0, 0, betaAt + columns);
  for (let o = 0; o < outer; o++) {
    const start = o * rows * columns;
    const factorOf = (group: number) => 1 / Math.sqrt(variance[o * groups + group]! + epsilon);
    scratch.fill(0, 0, 2 * groups);
    forEachRun(g, start, (from, group) => {
      const center = mean[o * groups + group]!;
      const factor = factorOf(group);
      for (let c = 0; c < width; c++) {
        const column = group * width + c;
        const gradient = dy[from + c]!;
        const z = (x[from + c]! - center) * factor;
        scratch[gammaAt + column] = scratch[gammaAt + column]! + gradient * z;
        scratch[betaAt + column] = scratch[betaAt + column]! + gradient;
        if (isCentered) scratch[group] = scratch[group]! + (gamma[column]! * gradient) / count;
        scratch[groups + group] = scratch[groups + group]! + (gamma[column]! * gradient * z) / count;
      }
    });
    forEachRun(g, start, (from, group) => {
      const center = mean[o * groups + group]!;
      const factor = factorOf(group);
      for (let c = 0; c < width; c++) {
        const own = gamma[group * width + c]! * dy[from + c]!;
        const z = (x[from + c]! - center) * factor;
        dx[from + c] = factor * (own - scratch[group]! - z * scratch[groups + group]!);
      }
    });
  }
  for (let column = 0; column < columns; column++) {
    dgamma[column] = scratch[gammaAt + column]!;
    dbeta[column] = scratch[betaAt + column]!;
  }
};

export const normalizationRelu: KernelFunction<'normalizationRelu'> = (outputs, inputs, g, scratch) => {
  normalizationForward(outputs, inputs, g, scratch);
  const { y } = outputs;
  for (let i = 0; i < y.length; i++) y[i] = y[i]! < 0 ? 0 : y[i]! > g.most ? g.most : y[i]!;
};

export const normalizationAdd: KernelFunction<'normalizationAdd'> = (outputs, inputs, g, scratch) => {
  normalizationForward(outputs, inputs, g, scratch);
  const { y } = outputs;
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + inputs.other[i]!;
};

export const normalizationAddRelu: KernelFunction<'normalizationAddRelu'> = (outputs, inputs, g, scratch) => {
  normalizationAdd(outputs, inputs, g, scratch);
  const { y } = outputs;
  for (let i = 0; i < y.length; i++) y[i] = y[i]! < 0 ? 0 : y[i]!;
};

/** dx holds the gradient before the relu first; the kernel behind reads each of its elements before it writes it. */
export const normalizationReluBackward: KernelFunction<'normalizationReluBackward'> = (outputs, inputs, g, scratch) => {
  const { outer, rows, groups, width, epsilon, most } = g;
  const { dy, x, mean, variance, gamma, beta } = inputs;
  const { dx } = outputs;
  for (let o = 0; o < outer; o++) {
    forEachRun(g, o * rows * groups * width, (from, group) => {
      const center = mean[o * groups + group]!;
      const factor = 1 / Math.sqrt(variance[o * groups + group]! + epsilon);
      for (let c = 0; c < width; c++) {
        const column = group * width + c;
        const y = Math.fround((x[from + c]! - center) * factor * gamma[column]! + beta[column]!);
        dx[from + c] = y > 0 && y <= most ? dy[from + c]! : 0;
      }
    });
  }
  normalizationBackward(outputs, { dy: dx, x, mean, variance, gamma }, g, scratch);
};

export const normalizationAddReluBackward: KernelFunction<'normalizationAddReluBackward'> = (
  outputs,
  { dy, y, x, mean, variance, gamma },
  g,
  scratch,
) => {
  const { dother } = outputs;
  for (let i = 0; i < dy.length; i++) dother[i] = y[i]! > 0 ? dy[i]! : 0;
  normalizationBackward(outputs, { dy: dother, x, mean, variance, gamma }, g, scratch);
};

/** Calls `each` with the place of the first element and the group of each run of `width`, from `start` on. */
function forEachRun(
  { rows, groups, width }: NormalizationGeometry,
  start: number,
  each: (from: number, group: number) => void,
): void {
  let from = start;
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      each(from, group);
      from += width;
    }
  }
}

export const normalizationScratch = ({ groups, width }: NormalizationGeometry): number =>
  8 * (2 * groups + 2 * groups * width);

export const scaleShiftForward: KernelFunction<'scaleShiftForward'> = (
  { y },
  { x, scale, shift },
  { rows, columns },
) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let c = 0; c < columns; c++) y[start + c] = x[start + c]! * scale[c]! + shift[c]!;
  }
};
