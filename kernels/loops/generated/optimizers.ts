// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';

/**
 * Gradient descent.
 *
 *     w = w - rate * dw
 */
export const sgdUpdate: KernelFunction<'sgdUpdate'> = ({ w: wAll }, { dw: dwAll, hyper }, { size }) => {
  const rate = hyper[0]!;
  for (let i = 0; i < size; i++) {
    const w = wAll[i]!;
    const dw = dwAll[i]!;
    wAll[i] = w - rate * dw;
  }
};

/**
 * Sutskever et al. 2013, equations 1 and 2.
 *
 *     velocity = momentum * velocity - rate * dw
 *     w = w + velocity
 */
export const momentumUpdate: KernelFunction<'momentumUpdate'> = (
  { w: wAll, velocity: velocityAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const momentum = hyper[1]!;
  for (let i = 0; i < size; i++) {
    let velocity = velocityAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    velocity = momentum * velocity - rate * dw;
    velocityAll[i] = velocity;
    wAll[i] = w + velocity;
  }
};

/**
 * Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.
 *
 *     move = rate * dw
 *     velocity = momentum * velocity - move
 *     w = w + (momentum * velocity - move)
 */
export const nesterovUpdate: KernelFunction<'nesterovUpdate'> = (
  { w: wAll, velocity: velocityAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const momentum = hyper[1]!;
  for (let i = 0; i < size; i++) {
    const dw = dwAll[i]!;
    let velocity = velocityAll[i]!;
    const w = wAll[i]!;
    const move = rate * dw;
    velocity = momentum * velocity - move;
    velocityAll[i] = velocity;
    wAll[i] = w + (momentum * velocity - move);
  }
};

/**
 * Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - rate * m / (sqrt(v) + epsilon)
 */
export const adamUpdate: KernelFunction<'adamUpdate'> = (
  { w: wAll, m: mAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const gain1 = hyper[1]!;
  const gain2 = hyper[2]!;
  const epsilon = hyper[3]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let v = vAll[i]!;
    const w = wAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    v = v + (dw * dw - v) * gain2;
    vAll[i] = v;
    wAll[i] = w - (rate * m) / (Math.sqrt(v) + epsilon);
  }
};

/**
 * Tieleman and Hinton 2012, Coursera lecture 6.5, with momentum as in Keras. gain is 1 - rho.
 *
 *     v = rho * v + gain * dw * dw
 *     step = momentum * step + rate * dw / sqrt(v + epsilon)
 *     w = w - step
 */
export const rmspropUpdate: KernelFunction<'rmspropUpdate'> = (
  { w: wAll, v: vAll, step: stepAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const momentum = hyper[3]!;
  const epsilon = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    let step = stepAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    step = momentum * step + (rate * dw) / Math.sqrt(v + epsilon);
    stepAll[i] = step;
    wAll[i] = w - step;
  }
};

/**
 * Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.
 *
 *     v = v + dw * dw
 *     w = w - rate * dw / sqrt(v + epsilon)
 */
export const adagradUpdate: KernelFunction<'adagradUpdate'> = (
  { w: wAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const epsilon = hyper[1]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    v = v + dw * dw;
    vAll[i] = v;
    wAll[i] = w - (rate * dw) / Math.sqrt(v + epsilon);
  }
};
