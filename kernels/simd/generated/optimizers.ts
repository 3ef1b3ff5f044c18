// Made by `npm run generate`; what is changed here is lost.
import { Vectors } from '../vectors';

class SgdUpdate {
  @inline
  static w(w: v128, rate: v128, dw: v128): v128 {
    return f32x4.sub(w, f32x4.mul(rate, dw));
  }
}

/**
 * Gradient descent.
 *
 *     w = w - rate * dw
 */
export function sgdUpdate(w: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  for (; size >= 8; size -= 8) {
    const wLow = v128.load(w);
    const dwLow = v128.load(dw);
    const wHigh = v128.load(w, 16);
    const dwHigh = v128.load(dw, 16);
    const wNextLow = SgdUpdate.w(wLow, rateAll, dwLow);
    const wNextHigh = SgdUpdate.w(wHigh, rateAll, dwHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    w += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const wLanes = v128.load(w);
    const dwLanes = v128.load(dw);
    const wNextLanes = SgdUpdate.w(wLanes, rateAll, dwLanes);
    Vectors.storeSome(w, wNextLanes, size);
    w += 16;
    dw += 16;
  }
}

class MomentumUpdate {
  @inline
  static velocity(momentum: v128, velocity: v128, rate: v128, dw: v128): v128 {
    return f32x4.sub(f32x4.mul(momentum, velocity), f32x4.mul(rate, dw));
  }

  @inline
  static w(w: v128, velocity: v128): v128 {
    return f32x4.add(w, velocity);
  }
}

/**
 * Sutskever et al. 2013, equations 1 and 2.
 *
 *     velocity = momentum * velocity - rate * dw
 *     w = w + velocity
 */
export function momentumUpdate(w: usize, velocity: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const momentumAll = v128.load32_splat(hyper, 4);
  for (; size >= 8; size -= 8) {
    const velocityLow = v128.load(velocity);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const velocityHigh = v128.load(velocity, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const velocityNextLow = MomentumUpdate.velocity(momentumAll, velocityLow, rateAll, dwLow);
    const velocityNextHigh = MomentumUpdate.velocity(momentumAll, velocityHigh, rateAll, dwHigh);
    const wNextLow = MomentumUpdate.w(wLow, velocityNextLow);
    const wNextHigh = MomentumUpdate.w(wHigh, velocityNextHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(velocity, velocityNextLow);
    v128.store(velocity, velocityNextHigh, 16);
    w += 32;
    velocity += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const velocityLanes = v128.load(velocity);
    const dwLanes = v128.load(dw);
    const wLanes = v128.load(w);
    const velocityNextLanes = MomentumUpdate.velocity(momentumAll, velocityLanes, rateAll, dwLanes);
    const wNextLanes = MomentumUpdate.w(wLanes, velocityNextLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(velocity, velocityNextLanes, size);
    w += 16;
    velocity += 16;
    dw += 16;
  }
}

class NesterovUpdate {
  @inline
  static move(rate: v128, dw: v128): v128 {
    return f32x4.mul(rate, dw);
  }

  @inline
  static velocity(momentum: v128, velocity: v128, move: v128): v128 {
    return f32x4.sub(f32x4.mul(momentum, velocity), move);
  }

  @inline
  static w(w: v128, momentum: v128, velocity: v128, move: v128): v128 {
    return f32x4.add(w, f32x4.sub(f32x4.mul(momentum, velocity), move));
  }
}

/**
 * Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.
 *
 *     move = rate * dw
 *     velocity = momentum * velocity - move
 *     w = w + (momentum * velocity - move)
 */
export function nesterovUpdate(w: usize, velocity: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const momentumAll = v128.load32_splat(hyper, 4);
  for (; size >= 8; size -= 8) {
    const dwLow = v128.load(dw);
    const velocityLow = v128.load(velocity);
    const wLow = v128.load(w);
    const dwHigh = v128.load(dw, 16);
    const velocityHigh = v128.load(velocity, 16);
    const wHigh = v128.load(w, 16);
    const moveLow = NesterovUpdate.move(rateAll, dwLow);
    const moveHigh = NesterovUpdate.move(rateAll, dwHigh);
    const velocityNextLow = NesterovUpdate.velocity(momentumAll, velocityLow, moveLow);
    const velocityNextHigh = NesterovUpdate.velocity(momentumAll, velocityHigh, moveHigh);
    const wNextLow = NesterovUpdate.w(wLow, momentumAll, velocityNextLow, moveLow);
    const wNextHigh = NesterovUpdate.w(wHigh, momentumAll, velocityNextHigh, moveHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(velocity, velocityNextLow);
    v128.store(velocity, velocityNextHigh, 16);
    w += 32;
    velocity += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const dwLanes = v128.load(dw);
    const velocityLanes = v128.load(velocity);
    const wLanes = v128.load(w);
    const moveLanes = NesterovUpdate.move(rateAll, dwLanes);
    const velocityNextLanes = NesterovUpdate.velocity(momentumAll, velocityLanes, moveLanes);
    const wNextLanes = NesterovUpdate.w(wLanes, momentumAll, velocityNextLanes, moveLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(velocity, velocityNextLanes, size);
    w += 16;
    velocity += 16;
    dw += 16;
  }
}

class AdamUpdate {
  @inline
  static m(m: v128, dw: v128, gain1: v128): v128 {
    return f32x4.add(m, f32x4.mul(f32x4.sub(dw, m), gain1));
  }

  @inline
  static v(v: v128, dw: v128, gain2: v128): v128 {
    return f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(dw, dw), v), gain2));
  }

  @inline
  static w(w: v128, rate: v128, m: v128, v: v128, epsilon: v128): v128 {
    return f32x4.sub(w, f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon)));
  }
}

/**
 * Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - rate * m / (sqrt(v) + epsilon)
 */
export function adamUpdate(w: usize, m: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const gain1All = v128.load32_splat(hyper, 4);
  const gain2All = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const vLow = v128.load(v);
    const wLow = v128.load(w);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const vHigh = v128.load(v, 16);
    const wHigh = v128.load(w, 16);
    const mNextLow = AdamUpdate.m(mLow, dwLow, gain1All);
    const mNextHigh = AdamUpdate.m(mHigh, dwHigh, gain1All);
    const vNextLow = AdamUpdate.v(vLow, dwLow, gain2All);
    const vNextHigh = AdamUpdate.v(vHigh, dwHigh, gain2All);
    const wNextLow = AdamUpdate.w(wLow, rateAll, mNextLow, vNextLow, epsilonAll);
    const wNextHigh = AdamUpdate.w(wHigh, rateAll, mNextHigh, vNextHigh, epsilonAll);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(m, mNextLow);
    v128.store(m, mNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    w += 32;
    m += 32;
    v += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const mLanes = v128.load(m);
    const dwLanes = v128.load(dw);
    const vLanes = v128.load(v);
    const wLanes = v128.load(w);
    const mNextLanes = AdamUpdate.m(mLanes, dwLanes, gain1All);
    const vNextLanes = AdamUpdate.v(vLanes, dwLanes, gain2All);
    const wNextLanes = AdamUpdate.w(wLanes, rateAll, mNextLanes, vNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    m += 16;
    v += 16;
    dw += 16;
  }
}

class RmspropUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static step(momentum: v128, step: v128, rate: v128, dw: v128, v: v128, epsilon: v128): v128 {
    return f32x4.add(f32x4.mul(momentum, step), f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(v, epsilon))));
  }

  @inline
  static w(w: v128, step: v128): v128 {
    return f32x4.sub(w, step);
  }
}

/**
 * Tieleman and Hinton 2012, Coursera lecture 6.5, with momentum as in Keras. gain is 1 - rho.
 *
 *     v = rho * v + gain * dw * dw
 *     step = momentum * step + rate * dw / sqrt(v + epsilon)
 *     w = w - step
 */
export function rmspropUpdate(w: usize, v: usize, step: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const momentumAll = v128.load32_splat(hyper, 12);
  const epsilonAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const stepLow = v128.load(step);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const stepHigh = v128.load(step, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = RmspropUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = RmspropUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const stepNextLow = RmspropUpdate.step(momentumAll, stepLow, rateAll, dwLow, vNextLow, epsilonAll);
    const stepNextHigh = RmspropUpdate.step(momentumAll, stepHigh, rateAll, dwHigh, vNextHigh, epsilonAll);
    const wNextLow = RmspropUpdate.w(wLow, stepNextLow);
    const wNextHigh = RmspropUpdate.w(wHigh, stepNextHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(step, stepNextLow);
    v128.store(step, stepNextHigh, 16);
    w += 32;
    v += 32;
    step += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const stepLanes = v128.load(step);
    const wLanes = v128.load(w);
    const vNextLanes = RmspropUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const stepNextLanes = RmspropUpdate.step(momentumAll, stepLanes, rateAll, dwLanes, vNextLanes, epsilonAll);
    const wNextLanes = RmspropUpdate.w(wLanes, stepNextLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(step, stepNextLanes, size);
    w += 16;
    v += 16;
    step += 16;
    dw += 16;
  }
}

class AdagradUpdate {
  @inline
  static v(v: v128, dw: v128): v128 {
    return f32x4.add(v, f32x4.mul(dw, dw));
  }

  @inline
  static w(w: v128, rate: v128, dw: v128, v: v128, epsilon: v128): v128 {
    return f32x4.sub(w, f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(v, epsilon))));
  }
}

/**
 * Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.
 *
 *     v = v + dw * dw
 *     w = w - rate * dw / sqrt(v + epsilon)
 */
export function adagradUpdate(w: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const epsilonAll = v128.load32_splat(hyper, 4);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = AdagradUpdate.v(vLow, dwLow);
    const vNextHigh = AdagradUpdate.v(vHigh, dwHigh);
    const wNextLow = AdagradUpdate.w(wLow, rateAll, dwLow, vNextLow, epsilonAll);
    const wNextHigh = AdagradUpdate.w(wHigh, rateAll, dwHigh, vNextHigh, epsilonAll);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    w += 32;
    v += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const wLanes = v128.load(w);
    const vNextLanes = AdagradUpdate.v(vLanes, dwLanes);
    const wNextLanes = AdagradUpdate.w(wLanes, rateAll, dwLanes, vNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    v += 16;
    dw += 16;
  }
}
