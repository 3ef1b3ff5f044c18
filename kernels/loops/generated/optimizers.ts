// Made by `npm run generate`; what is changed here is lost.
import type { KernelFunction } from '../../contract.ts';
import { atLeast, atMost, power } from '../../math.ts';

/**
 * Gradient descent.
 *
 *     w = w - decay * w - rate * dw
 */
export const sgdUpdate: KernelFunction<'sgdUpdate'> = ({ w: wAll }, { dw: dwAll, hyper }, { size }) => {
  const rate = hyper[0]!;
  const decay = hyper[1]!;
  for (let i = 0; i < size; i++) {
    const w = wAll[i]!;
    const dw = dwAll[i]!;
    wAll[i] = w - decay * w - rate * dw;
  }
};

/**
 * Sutskever et al. 2013, equations 1 and 2.
 *
 *     velocity = momentum * velocity - rate * dw
 *     w = w - decay * w + velocity
 */
export const momentumUpdate: KernelFunction<'momentumUpdate'> = (
  { w: wAll, velocity: velocityAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const momentum = hyper[1]!;
  const decay = hyper[2]!;
  for (let i = 0; i < size; i++) {
    let velocity = velocityAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    velocity = momentum * velocity - rate * dw;
    velocityAll[i] = velocity;
    wAll[i] = w - decay * w + velocity;
  }
};

/**
 * Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.
 *
 *     move = rate * dw
 *     velocity = momentum * velocity - move
 *     w = w - decay * w + (momentum * velocity - move)
 */
export const nesterovUpdate: KernelFunction<'nesterovUpdate'> = (
  { w: wAll, velocity: velocityAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const momentum = hyper[1]!;
  const decay = hyper[2]!;
  for (let i = 0; i < size; i++) {
    const dw = dwAll[i]!;
    let velocity = velocityAll[i]!;
    const w = wAll[i]!;
    const move = rate * dw;
    velocity = momentum * velocity - move;
    velocityAll[i] = velocity;
    wAll[i] = w - decay * w + (momentum * velocity - move);
  }
};

/**
 * Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - decay * w - rate * m / (sqrt(v) + epsilon)
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
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let v = vAll[i]!;
    const w = wAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    v = v + (dw * dw - v) * gain2;
    vAll[i] = v;
    wAll[i] = w - decay * w - (rate * m) / (Math.sqrt(v) + epsilon);
  }
};

/**
 * Adam with the largest v so far (Reddi, Kale and Kumar 2018, algorithm 2), biased as it is, as in Keras.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     largest = max(largest, v)
 *     w = w - decay * w - rate * m / (sqrt(largest) + epsilon)
 */
export const amsgradUpdate: KernelFunction<'amsgradUpdate'> = (
  { w: wAll, m: mAll, v: vAll, largest: largestAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const gain1 = hyper[1]!;
  const gain2 = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let v = vAll[i]!;
    let largest = largestAll[i]!;
    const w = wAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    v = v + (dw * dw - v) * gain2;
    vAll[i] = v;
    largest = Math.max(largest, v);
    largestAll[i] = largest;
    wAll[i] = w - decay * w - (rate * m) / (Math.sqrt(largest) + epsilon);
  }
};

/**
 * Dozat 2016, algorithm 2: rateOfMean and rateOfGradient hold the rate, the momentum of their step and the bias correction, correction that of v.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - decay * w - (rateOfMean * m + rateOfGradient * dw) / (sqrt(v * correction) + epsilon)
 */
export const nadamUpdate: KernelFunction<'nadamUpdate'> = (
  { w: wAll, m: mAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rateOfMean = hyper[0]!;
  const rateOfGradient = hyper[1]!;
  const correction = hyper[2]!;
  const gain1 = hyper[3]!;
  const gain2 = hyper[4]!;
  const epsilon = hyper[5]!;
  const decay = hyper[6]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let v = vAll[i]!;
    const w = wAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    v = v + (dw * dw - v) * gain2;
    vAll[i] = v;
    wAll[i] = w - decay * w - (rateOfMean * m + rateOfGradient * dw) / (Math.sqrt(v * correction) + epsilon);
  }
};

/**
 * Kingma and Ba 2015, algorithm 2: the rate holds the bias correction, gain1 is 1 - beta1.
 *
 *     m = m + (dw - m) * gain1
 *     norm = max(beta2 * norm, abs(dw))
 *     w = w - decay * w - rate * m / (norm + epsilon)
 */
export const adamaxUpdate: KernelFunction<'adamaxUpdate'> = (
  { w: wAll, m: mAll, norm: normAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const gain1 = hyper[1]!;
  const beta2 = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let norm = normAll[i]!;
    const w = wAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    norm = Math.max(beta2 * norm, Math.abs(dw));
    normAll[i] = norm;
    wAll[i] = w - decay * w - (rate * m) / (norm + epsilon);
  }
};

/**
 * Tieleman and Hinton 2012, Coursera lecture 6.5. gain is 1 - rho.
 *
 *     v = rho * v + gain * dw * dw
 *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
 */
export const rmspropUpdate: KernelFunction<'rmspropUpdate'> = (
  { w: wAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    wAll[i] = w - decay * w - (rate * dw) / Math.sqrt(v + epsilon);
  }
};

/**
 * RMSprop with momentum as in Keras.
 *
 *     v = rho * v + gain * dw * dw
 *     step = momentum * step + rate * dw / sqrt(v + epsilon)
 *     w = w - decay * w - step
 */
export const rmspropMomentumUpdate: KernelFunction<'rmspropMomentumUpdate'> = (
  { w: wAll, v: vAll, step: stepAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  const momentum = hyper[5]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    let step = stepAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    step = momentum * step + (rate * dw) / Math.sqrt(v + epsilon);
    stepAll[i] = step;
    wAll[i] = w - decay * w - step;
  }
};

/**
 * RMSprop over the variance of the gradients (Graves 2013, equations 38 to 41).
 *
 *     v = rho * v + gain * dw * dw
 *     mean = rho * mean + gain * dw
 *     w = w - decay * w - rate * dw / sqrt(v - mean * mean + epsilon)
 */
export const centeredRmspropUpdate: KernelFunction<'centeredRmspropUpdate'> = (
  { w: wAll, v: vAll, mean: meanAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    let mean = meanAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    mean = rho * mean + gain * dw;
    meanAll[i] = mean;
    wAll[i] = w - decay * w - (rate * dw) / Math.sqrt(v - mean * mean + epsilon);
  }
};

/**
 * RMSprop over the variance of the gradients, with momentum (Graves 2013, equations 38 to 41).
 *
 *     v = rho * v + gain * dw * dw
 *     mean = rho * mean + gain * dw
 *     step = momentum * step + rate * dw / sqrt(v - mean * mean + epsilon)
 *     w = w - decay * w - step
 */
export const centeredRmspropMomentumUpdate: KernelFunction<'centeredRmspropMomentumUpdate'> = (
  { w: wAll, v: vAll, mean: meanAll, step: stepAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  const momentum = hyper[5]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    let mean = meanAll[i]!;
    let step = stepAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    mean = rho * mean + gain * dw;
    meanAll[i] = mean;
    step = momentum * step + (rate * dw) / Math.sqrt(v - mean * mean + epsilon);
    stepAll[i] = step;
    wAll[i] = w - decay * w - step;
  }
};

/**
 * Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.
 *
 *     v = v + dw * dw
 *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
 */
export const adagradUpdate: KernelFunction<'adagradUpdate'> = (
  { w: wAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const epsilon = hyper[1]!;
  const decay = hyper[2]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    v = v + dw * dw;
    vAll[i] = v;
    wAll[i] = w - decay * w - (rate * dw) / Math.sqrt(v + epsilon);
  }
};

/**
 * Zeiler 2012, algorithm 1. gain is 1 - rho; moved is the mean of the squares of what w moves by.
 *
 *     v = rho * v + gain * dw * dw
 *     move = sqrt(moved + epsilon) * dw / sqrt(v + epsilon)
 *     moved = rho * moved + gain * move * move
 *     w = w - decay * w - rate * move
 */
export const adadeltaUpdate: KernelFunction<'adadeltaUpdate'> = (
  { w: wAll, v: vAll, moved: movedAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const rate = hyper[0]!;
  const rho = hyper[1]!;
  const gain = hyper[2]!;
  const epsilon = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const moved = movedAll[i]!;
    const w = wAll[i]!;
    v = rho * v + gain * dw * dw;
    vAll[i] = v;
    const move = (Math.sqrt(moved + epsilon) * dw) / Math.sqrt(v + epsilon);
    movedAll[i] = rho * moved + gain * move * move;
    wAll[i] = w - decay * w - rate * move;
  }
};

/**
 * McMahan et al. 2013, algorithm 1, for the power -0.5 of the learning rate: inverse is 1 / rate; shrinkage and curvature are twice the strengths. What has had no gradient yet stays.
 *
 *     before = sqrt(v)
 *     v = v + dw * dw
 *     after = sqrt(v)
 *     kept = w - decay * w
 *     linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
 *     quadratic = after * inverse + curvature
 *     w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic
 */
export const ftrlUpdate: KernelFunction<'ftrlUpdate'> = (
  { w: wAll, v: vAll, linear: linearAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const inverse = hyper[0]!;
  const l1 = hyper[1]!;
  const curvature = hyper[2]!;
  const shrinkage = hyper[3]!;
  const decay = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    let linear = linearAll[i]!;
    const before = Math.sqrt(v);
    v = v + dw * dw;
    vAll[i] = v;
    const after = Math.sqrt(v);
    const kept = w - decay * w;
    linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept);
    linearAll[i] = linear;
    const quadratic = after * inverse + curvature;
    wAll[i] = quadratic === 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic;
  }
};

/**
 * McMahan et al. 2013, algorithm 1: the exponent is minus that of the learning rate.
 *
 *     before = pow(v, exponent)
 *     v = v + dw * dw
 *     after = pow(v, exponent)
 *     kept = w - decay * w
 *     linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept)
 *     quadratic = after * inverse + curvature
 *     w = quadratic == 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic
 */
export const ftrlPowerUpdate: KernelFunction<'ftrlPowerUpdate'> = (
  { w: wAll, v: vAll, linear: linearAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const inverse = hyper[0]!;
  const l1 = hyper[1]!;
  const curvature = hyper[2]!;
  const shrinkage = hyper[3]!;
  const decay = hyper[4]!;
  const exponent = hyper[5]!;
  for (let i = 0; i < size; i++) {
    let v = vAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    let linear = linearAll[i]!;
    const before = power(v, exponent);
    v = v + dw * dw;
    vAll[i] = v;
    const after = power(v, exponent);
    const kept = w - decay * w;
    linear = linear + (dw + shrinkage * kept - (after - before) * inverse * kept);
    linearAll[i] = linear;
    const quadratic = after * inverse + curvature;
    wAll[i] = quadratic === 0 ? kept : (atMost(atLeast(linear, -l1), l1) - linear) / quadratic;
  }
};

/**
 * Chen et al. 2023, algorithm 2. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     mean = beta1 * m + gain1 * dw
 *     direction = mean > 0 ? 1 : mean < 0 ? -1 : mean
 *     m = beta2 * m + gain2 * dw
 *     w = w - decay * w - rate * direction
 */
export const lionUpdate: KernelFunction<'lionUpdate'> = ({ w: wAll, m: mAll }, { dw: dwAll, hyper }, { size }) => {
  const rate = hyper[0]!;
  const beta1 = hyper[1]!;
  const gain1 = hyper[2]!;
  const beta2 = hyper[3]!;
  const gain2 = hyper[4]!;
  const decay = hyper[5]!;
  for (let i = 0; i < size; i++) {
    const m = mAll[i]!;
    const dw = dwAll[i]!;
    const w = wAll[i]!;
    const mean = beta1 * m + gain1 * dw;
    const direction = mean > 0 ? 1 : mean < 0 ? -1 : mean;
    mAll[i] = beta2 * m + gain2 * dw;
    wAll[i] = w - decay * w - rate * direction;
  }
};

/**
 * The direction u of a step of Adam, without the step: correction1 and correction2 are those of the bias of m and v.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     u = m * correction1 / (sqrt(v * correction2) + epsilon)
 */
export const adamDirectionUpdate: KernelFunction<'adamDirectionUpdate'> = (
  { u: uAll, m: mAll, v: vAll },
  { dw: dwAll, hyper },
  { size },
) => {
  const correction1 = hyper[0]!;
  const correction2 = hyper[1]!;
  const gain1 = hyper[2]!;
  const gain2 = hyper[3]!;
  const epsilon = hyper[4]!;
  for (let i = 0; i < size; i++) {
    let m = mAll[i]!;
    const dw = dwAll[i]!;
    let v = vAll[i]!;
    m = m + (dw - m) * gain1;
    mAll[i] = m;
    v = v + (dw * dw - v) * gain2;
    vAll[i] = v;
    uAll[i] = (m * correction1) / (Math.sqrt(v * correction2) + epsilon);
  }
};
