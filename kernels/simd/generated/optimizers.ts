// Made by `npm run generate`; what is changed here is lost.
import { Elementary } from '../elementary';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>([1, -1], 16);

class SgdUpdate {
  @inline
  static w(w: v128, decay: v128, rate: v128, dw: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), f32x4.mul(rate, dw));
  }
}

/**
 * Gradient descent.
 *
 *     w = w - decay * w - rate * dw
 */
export function sgdUpdate(w: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const decayAll = v128.load32_splat(hyper, 4);
  for (; size >= 8; size -= 8) {
    const wLow = v128.load(w);
    const dwLow = v128.load(dw);
    const wHigh = v128.load(w, 16);
    const dwHigh = v128.load(dw, 16);
    const wNextLow = SgdUpdate.w(wLow, decayAll, rateAll, dwLow);
    const wNextHigh = SgdUpdate.w(wHigh, decayAll, rateAll, dwHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    w += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const wLanes = v128.load(w);
    const dwLanes = v128.load(dw);
    const wNextLanes = SgdUpdate.w(wLanes, decayAll, rateAll, dwLanes);
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
  static w(w: v128, decay: v128, velocity: v128): v128 {
    return f32x4.add(f32x4.sub(w, f32x4.mul(decay, w)), velocity);
  }
}

/**
 * Sutskever et al. 2013, equations 1 and 2.
 *
 *     velocity = momentum * velocity - rate * dw
 *     w = w - decay * w + velocity
 */
export function momentumUpdate(w: usize, velocity: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const momentumAll = v128.load32_splat(hyper, 4);
  const decayAll = v128.load32_splat(hyper, 8);
  for (; size >= 8; size -= 8) {
    const velocityLow = v128.load(velocity);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const velocityHigh = v128.load(velocity, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const velocityNextLow = MomentumUpdate.velocity(momentumAll, velocityLow, rateAll, dwLow);
    const velocityNextHigh = MomentumUpdate.velocity(momentumAll, velocityHigh, rateAll, dwHigh);
    const wNextLow = MomentumUpdate.w(wLow, decayAll, velocityNextLow);
    const wNextHigh = MomentumUpdate.w(wHigh, decayAll, velocityNextHigh);
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
    const wNextLanes = MomentumUpdate.w(wLanes, decayAll, velocityNextLanes);
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
  static w(w: v128, decay: v128, momentum: v128, velocity: v128, move: v128): v128 {
    return f32x4.add(f32x4.sub(w, f32x4.mul(decay, w)), f32x4.sub(f32x4.mul(momentum, velocity), move));
  }
}

/**
 * Sutskever et al. 2013, equations 3 and 4, with w where their gradient is taken.
 *
 *     move = rate * dw
 *     velocity = momentum * velocity - move
 *     w = w - decay * w + (momentum * velocity - move)
 */
export function nesterovUpdate(w: usize, velocity: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const momentumAll = v128.load32_splat(hyper, 4);
  const decayAll = v128.load32_splat(hyper, 8);
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
    const wNextLow = NesterovUpdate.w(wLow, decayAll, momentumAll, velocityNextLow, moveLow);
    const wNextHigh = NesterovUpdate.w(wHigh, decayAll, momentumAll, velocityNextHigh, moveHigh);
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
    const wNextLanes = NesterovUpdate.w(wLanes, decayAll, momentumAll, velocityNextLanes, moveLanes);
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
  static w(w: v128, decay: v128, rate: v128, m: v128, v: v128, epsilon: v128): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon)),
    );
  }
}

/**
 * Kingma and Ba 2015, algorithm 1 in the order of its section 2: the rate holds the bias correction. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - decay * w - rate * m / (sqrt(v) + epsilon)
 */
export function adamUpdate(w: usize, m: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const gain1All = v128.load32_splat(hyper, 4);
  const gain2All = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
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
    const wNextLow = AdamUpdate.w(wLow, decayAll, rateAll, mNextLow, vNextLow, epsilonAll);
    const wNextHigh = AdamUpdate.w(wHigh, decayAll, rateAll, mNextHigh, vNextHigh, epsilonAll);
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
    const wNextLanes = AdamUpdate.w(wLanes, decayAll, rateAll, mNextLanes, vNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    m += 16;
    v += 16;
    dw += 16;
  }
}

class AmsgradUpdate {
  @inline
  static m(m: v128, dw: v128, gain1: v128): v128 {
    return f32x4.add(m, f32x4.mul(f32x4.sub(dw, m), gain1));
  }

  @inline
  static v(v: v128, dw: v128, gain2: v128): v128 {
    return f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(dw, dw), v), gain2));
  }

  @inline
  static largest(largest: v128, v: v128): v128 {
    return f32x4.max(largest, v);
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, m: v128, largest: v128, epsilon: v128): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(largest), epsilon)),
    );
  }
}

/**
 * Adam with the largest v so far (Reddi, Kale and Kumar 2018, algorithm 2), biased as it is, as in Keras.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     largest = max(largest, v)
 *     w = w - decay * w - rate * m / (sqrt(largest) + epsilon)
 */
export function amsgradUpdate(w: usize, m: usize, v: usize, largest: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const gain1All = v128.load32_splat(hyper, 4);
  const gain2All = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const vLow = v128.load(v);
    const largestLow = v128.load(largest);
    const wLow = v128.load(w);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const vHigh = v128.load(v, 16);
    const largestHigh = v128.load(largest, 16);
    const wHigh = v128.load(w, 16);
    const mNextLow = AmsgradUpdate.m(mLow, dwLow, gain1All);
    const mNextHigh = AmsgradUpdate.m(mHigh, dwHigh, gain1All);
    const vNextLow = AmsgradUpdate.v(vLow, dwLow, gain2All);
    const vNextHigh = AmsgradUpdate.v(vHigh, dwHigh, gain2All);
    const largestNextLow = AmsgradUpdate.largest(largestLow, vNextLow);
    const largestNextHigh = AmsgradUpdate.largest(largestHigh, vNextHigh);
    const wNextLow = AmsgradUpdate.w(wLow, decayAll, rateAll, mNextLow, largestNextLow, epsilonAll);
    const wNextHigh = AmsgradUpdate.w(wHigh, decayAll, rateAll, mNextHigh, largestNextHigh, epsilonAll);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(m, mNextLow);
    v128.store(m, mNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(largest, largestNextLow);
    v128.store(largest, largestNextHigh, 16);
    w += 32;
    m += 32;
    v += 32;
    largest += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const mLanes = v128.load(m);
    const dwLanes = v128.load(dw);
    const vLanes = v128.load(v);
    const largestLanes = v128.load(largest);
    const wLanes = v128.load(w);
    const mNextLanes = AmsgradUpdate.m(mLanes, dwLanes, gain1All);
    const vNextLanes = AmsgradUpdate.v(vLanes, dwLanes, gain2All);
    const largestNextLanes = AmsgradUpdate.largest(largestLanes, vNextLanes);
    const wNextLanes = AmsgradUpdate.w(wLanes, decayAll, rateAll, mNextLanes, largestNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(largest, largestNextLanes, size);
    w += 16;
    m += 16;
    v += 16;
    largest += 16;
    dw += 16;
  }
}

class NadamUpdate {
  @inline
  static m(m: v128, dw: v128, gain1: v128): v128 {
    return f32x4.add(m, f32x4.mul(f32x4.sub(dw, m), gain1));
  }

  @inline
  static v(v: v128, dw: v128, gain2: v128): v128 {
    return f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(dw, dw), v), gain2));
  }

  @inline
  static w(
    w: v128,
    decay: v128,
    rateOfMean: v128,
    m: v128,
    rateOfGradient: v128,
    dw: v128,
    v: v128,
    correction: v128,
    epsilon: v128,
  ): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(
        f32x4.add(f32x4.mul(rateOfMean, m), f32x4.mul(rateOfGradient, dw)),
        f32x4.add(f32x4.sqrt(f32x4.mul(v, correction)), epsilon),
      ),
    );
  }
}

/**
 * Dozat 2016, algorithm 2: rateOfMean and rateOfGradient hold the rate, the momentum of their step and the bias correction, correction that of v.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     w = w - decay * w - (rateOfMean * m + rateOfGradient * dw) / (sqrt(v * correction) + epsilon)
 */
export function nadamUpdate(w: usize, m: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateOfMeanAll = v128.load32_splat(hyper);
  const rateOfGradientAll = v128.load32_splat(hyper, 4);
  const correctionAll = v128.load32_splat(hyper, 8);
  const gain1All = v128.load32_splat(hyper, 12);
  const gain2All = v128.load32_splat(hyper, 16);
  const epsilonAll = v128.load32_splat(hyper, 20);
  const decayAll = v128.load32_splat(hyper, 24);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const vLow = v128.load(v);
    const wLow = v128.load(w);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const vHigh = v128.load(v, 16);
    const wHigh = v128.load(w, 16);
    const mNextLow = NadamUpdate.m(mLow, dwLow, gain1All);
    const mNextHigh = NadamUpdate.m(mHigh, dwHigh, gain1All);
    const vNextLow = NadamUpdate.v(vLow, dwLow, gain2All);
    const vNextHigh = NadamUpdate.v(vHigh, dwHigh, gain2All);
    const wNextLow = NadamUpdate.w(
      wLow,
      decayAll,
      rateOfMeanAll,
      mNextLow,
      rateOfGradientAll,
      dwLow,
      vNextLow,
      correctionAll,
      epsilonAll,
    );
    const wNextHigh = NadamUpdate.w(
      wHigh,
      decayAll,
      rateOfMeanAll,
      mNextHigh,
      rateOfGradientAll,
      dwHigh,
      vNextHigh,
      correctionAll,
      epsilonAll,
    );
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
    const mNextLanes = NadamUpdate.m(mLanes, dwLanes, gain1All);
    const vNextLanes = NadamUpdate.v(vLanes, dwLanes, gain2All);
    const wNextLanes = NadamUpdate.w(
      wLanes,
      decayAll,
      rateOfMeanAll,
      mNextLanes,
      rateOfGradientAll,
      dwLanes,
      vNextLanes,
      correctionAll,
      epsilonAll,
    );
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    m += 16;
    v += 16;
    dw += 16;
  }
}

class AdamaxUpdate {
  @inline
  static m(m: v128, dw: v128, gain1: v128): v128 {
    return f32x4.add(m, f32x4.mul(f32x4.sub(dw, m), gain1));
  }

  @inline
  static norm(beta2: v128, norm: v128, dw: v128): v128 {
    return f32x4.max(f32x4.mul(beta2, norm), f32x4.abs(dw));
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, m: v128, norm: v128, epsilon: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), f32x4.div(f32x4.mul(rate, m), f32x4.add(norm, epsilon)));
  }
}

/**
 * Kingma and Ba 2015, algorithm 2: the rate holds the bias correction, gain1 is 1 - beta1.
 *
 *     m = m + (dw - m) * gain1
 *     norm = max(beta2 * norm, abs(dw))
 *     w = w - decay * w - rate * m / (norm + epsilon)
 */
export function adamaxUpdate(w: usize, m: usize, norm: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const gain1All = v128.load32_splat(hyper, 4);
  const beta2All = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const normLow = v128.load(norm);
    const wLow = v128.load(w);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const normHigh = v128.load(norm, 16);
    const wHigh = v128.load(w, 16);
    const mNextLow = AdamaxUpdate.m(mLow, dwLow, gain1All);
    const mNextHigh = AdamaxUpdate.m(mHigh, dwHigh, gain1All);
    const normNextLow = AdamaxUpdate.norm(beta2All, normLow, dwLow);
    const normNextHigh = AdamaxUpdate.norm(beta2All, normHigh, dwHigh);
    const wNextLow = AdamaxUpdate.w(wLow, decayAll, rateAll, mNextLow, normNextLow, epsilonAll);
    const wNextHigh = AdamaxUpdate.w(wHigh, decayAll, rateAll, mNextHigh, normNextHigh, epsilonAll);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(m, mNextLow);
    v128.store(m, mNextHigh, 16);
    v128.store(norm, normNextLow);
    v128.store(norm, normNextHigh, 16);
    w += 32;
    m += 32;
    norm += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const mLanes = v128.load(m);
    const dwLanes = v128.load(dw);
    const normLanes = v128.load(norm);
    const wLanes = v128.load(w);
    const mNextLanes = AdamaxUpdate.m(mLanes, dwLanes, gain1All);
    const normNextLanes = AdamaxUpdate.norm(beta2All, normLanes, dwLanes);
    const wNextLanes = AdamaxUpdate.w(wLanes, decayAll, rateAll, mNextLanes, normNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(norm, normNextLanes, size);
    w += 16;
    m += 16;
    norm += 16;
    dw += 16;
  }
}

class RmspropUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, dw: v128, v: v128, epsilon: v128): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(v, epsilon))),
    );
  }
}

/**
 * Tieleman and Hinton 2012, Coursera lecture 6.5. gain is 1 - rho.
 *
 *     v = rho * v + gain * dw * dw
 *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
 */
export function rmspropUpdate(w: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = RmspropUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = RmspropUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const wNextLow = RmspropUpdate.w(wLow, decayAll, rateAll, dwLow, vNextLow, epsilonAll);
    const wNextHigh = RmspropUpdate.w(wHigh, decayAll, rateAll, dwHigh, vNextHigh, epsilonAll);
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
    const vNextLanes = RmspropUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const wNextLanes = RmspropUpdate.w(wLanes, decayAll, rateAll, dwLanes, vNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    v += 16;
    dw += 16;
  }
}

class RmspropMomentumUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static step(momentum: v128, step: v128, rate: v128, dw: v128, v: v128, epsilon: v128): v128 {
    return f32x4.add(f32x4.mul(momentum, step), f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(v, epsilon))));
  }

  @inline
  static w(w: v128, decay: v128, step: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), step);
  }
}

/**
 * RMSprop with momentum as in Keras.
 *
 *     v = rho * v + gain * dw * dw
 *     step = momentum * step + rate * dw / sqrt(v + epsilon)
 *     w = w - decay * w - step
 */
export function rmspropMomentumUpdate(w: usize, v: usize, step: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  const momentumAll = v128.load32_splat(hyper, 20);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const stepLow = v128.load(step);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const stepHigh = v128.load(step, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = RmspropMomentumUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = RmspropMomentumUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const stepNextLow = RmspropMomentumUpdate.step(momentumAll, stepLow, rateAll, dwLow, vNextLow, epsilonAll);
    const stepNextHigh = RmspropMomentumUpdate.step(momentumAll, stepHigh, rateAll, dwHigh, vNextHigh, epsilonAll);
    const wNextLow = RmspropMomentumUpdate.w(wLow, decayAll, stepNextLow);
    const wNextHigh = RmspropMomentumUpdate.w(wHigh, decayAll, stepNextHigh);
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
    const vNextLanes = RmspropMomentumUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const stepNextLanes = RmspropMomentumUpdate.step(momentumAll, stepLanes, rateAll, dwLanes, vNextLanes, epsilonAll);
    const wNextLanes = RmspropMomentumUpdate.w(wLanes, decayAll, stepNextLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(step, stepNextLanes, size);
    w += 16;
    v += 16;
    step += 16;
    dw += 16;
  }
}

class CenteredRmspropUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static mean(rho: v128, mean: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, mean), f32x4.mul(gain, dw));
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, dw: v128, v: v128, mean: v128, epsilon: v128): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(f32x4.sub(v, f32x4.mul(mean, mean)), epsilon))),
    );
  }
}

/**
 * RMSprop over the variance of the gradients (Graves 2013, equations 38 to 41).
 *
 *     v = rho * v + gain * dw * dw
 *     mean = rho * mean + gain * dw
 *     w = w - decay * w - rate * dw / sqrt(v - mean * mean + epsilon)
 */
export function centeredRmspropUpdate(w: usize, v: usize, mean: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const meanLow = v128.load(mean);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const meanHigh = v128.load(mean, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = CenteredRmspropUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = CenteredRmspropUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const meanNextLow = CenteredRmspropUpdate.mean(rhoAll, meanLow, gainAll, dwLow);
    const meanNextHigh = CenteredRmspropUpdate.mean(rhoAll, meanHigh, gainAll, dwHigh);
    const wNextLow = CenteredRmspropUpdate.w(wLow, decayAll, rateAll, dwLow, vNextLow, meanNextLow, epsilonAll);
    const wNextHigh = CenteredRmspropUpdate.w(wHigh, decayAll, rateAll, dwHigh, vNextHigh, meanNextHigh, epsilonAll);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(mean, meanNextLow);
    v128.store(mean, meanNextHigh, 16);
    w += 32;
    v += 32;
    mean += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const meanLanes = v128.load(mean);
    const wLanes = v128.load(w);
    const vNextLanes = CenteredRmspropUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const meanNextLanes = CenteredRmspropUpdate.mean(rhoAll, meanLanes, gainAll, dwLanes);
    const wNextLanes = CenteredRmspropUpdate.w(
      wLanes,
      decayAll,
      rateAll,
      dwLanes,
      vNextLanes,
      meanNextLanes,
      epsilonAll,
    );
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(mean, meanNextLanes, size);
    w += 16;
    v += 16;
    mean += 16;
    dw += 16;
  }
}

class CenteredRmspropMomentumUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static mean(rho: v128, mean: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, mean), f32x4.mul(gain, dw));
  }

  @inline
  static step(momentum: v128, step: v128, rate: v128, dw: v128, v: v128, mean: v128, epsilon: v128): v128 {
    return f32x4.add(
      f32x4.mul(momentum, step),
      f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(f32x4.sub(v, f32x4.mul(mean, mean)), epsilon))),
    );
  }

  @inline
  static w(w: v128, decay: v128, step: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), step);
  }
}

/**
 * RMSprop over the variance of the gradients, with momentum (Graves 2013, equations 38 to 41).
 *
 *     v = rho * v + gain * dw * dw
 *     mean = rho * mean + gain * dw
 *     step = momentum * step + rate * dw / sqrt(v - mean * mean + epsilon)
 *     w = w - decay * w - step
 */
export function centeredRmspropMomentumUpdate(
  w: usize,
  v: usize,
  mean: usize,
  step: usize,
  dw: usize,
  size: i32,
  hyper: usize,
): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  const momentumAll = v128.load32_splat(hyper, 20);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const meanLow = v128.load(mean);
    const stepLow = v128.load(step);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const meanHigh = v128.load(mean, 16);
    const stepHigh = v128.load(step, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = CenteredRmspropMomentumUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = CenteredRmspropMomentumUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const meanNextLow = CenteredRmspropMomentumUpdate.mean(rhoAll, meanLow, gainAll, dwLow);
    const meanNextHigh = CenteredRmspropMomentumUpdate.mean(rhoAll, meanHigh, gainAll, dwHigh);
    const stepNextLow = CenteredRmspropMomentumUpdate.step(
      momentumAll,
      stepLow,
      rateAll,
      dwLow,
      vNextLow,
      meanNextLow,
      epsilonAll,
    );
    const stepNextHigh = CenteredRmspropMomentumUpdate.step(
      momentumAll,
      stepHigh,
      rateAll,
      dwHigh,
      vNextHigh,
      meanNextHigh,
      epsilonAll,
    );
    const wNextLow = CenteredRmspropMomentumUpdate.w(wLow, decayAll, stepNextLow);
    const wNextHigh = CenteredRmspropMomentumUpdate.w(wHigh, decayAll, stepNextHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(mean, meanNextLow);
    v128.store(mean, meanNextHigh, 16);
    v128.store(step, stepNextLow);
    v128.store(step, stepNextHigh, 16);
    w += 32;
    v += 32;
    mean += 32;
    step += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const meanLanes = v128.load(mean);
    const stepLanes = v128.load(step);
    const wLanes = v128.load(w);
    const vNextLanes = CenteredRmspropMomentumUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const meanNextLanes = CenteredRmspropMomentumUpdate.mean(rhoAll, meanLanes, gainAll, dwLanes);
    const stepNextLanes = CenteredRmspropMomentumUpdate.step(
      momentumAll,
      stepLanes,
      rateAll,
      dwLanes,
      vNextLanes,
      meanNextLanes,
      epsilonAll,
    );
    const wNextLanes = CenteredRmspropMomentumUpdate.w(wLanes, decayAll, stepNextLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(mean, meanNextLanes, size);
    Vectors.storeSome(step, stepNextLanes, size);
    w += 16;
    v += 16;
    mean += 16;
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
  static w(w: v128, decay: v128, rate: v128, dw: v128, v: v128, epsilon: v128): v128 {
    return f32x4.sub(
      f32x4.sub(w, f32x4.mul(decay, w)),
      f32x4.div(f32x4.mul(rate, dw), f32x4.sqrt(f32x4.add(v, epsilon))),
    );
  }
}

/**
 * Duchi et al. 2011, figure 1 with a diagonal matrix; epsilon stands under the root, as in Keras.
 *
 *     v = v + dw * dw
 *     w = w - decay * w - rate * dw / sqrt(v + epsilon)
 */
export function adagradUpdate(w: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const epsilonAll = v128.load32_splat(hyper, 4);
  const decayAll = v128.load32_splat(hyper, 8);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = AdagradUpdate.v(vLow, dwLow);
    const vNextHigh = AdagradUpdate.v(vHigh, dwHigh);
    const wNextLow = AdagradUpdate.w(wLow, decayAll, rateAll, dwLow, vNextLow, epsilonAll);
    const wNextHigh = AdagradUpdate.w(wHigh, decayAll, rateAll, dwHigh, vNextHigh, epsilonAll);
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
    const wNextLanes = AdagradUpdate.w(wLanes, decayAll, rateAll, dwLanes, vNextLanes, epsilonAll);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    w += 16;
    v += 16;
    dw += 16;
  }
}

class AdadeltaUpdate {
  @inline
  static v(rho: v128, v: v128, gain: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(rho, v), f32x4.mul(f32x4.mul(gain, dw), dw));
  }

  @inline
  static move(moved: v128, epsilon: v128, dw: v128, v: v128): v128 {
    return f32x4.div(f32x4.mul(f32x4.sqrt(f32x4.add(moved, epsilon)), dw), f32x4.sqrt(f32x4.add(v, epsilon)));
  }

  @inline
  static moved(rho: v128, moved: v128, gain: v128, move: v128): v128 {
    return f32x4.add(f32x4.mul(rho, moved), f32x4.mul(f32x4.mul(gain, move), move));
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, move: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), f32x4.mul(rate, move));
  }
}

/**
 * Zeiler 2012, algorithm 1. gain is 1 - rho; moved is the mean of the squares of what w moves by.
 *
 *     v = rho * v + gain * dw * dw
 *     move = sqrt(moved + epsilon) * dw / sqrt(v + epsilon)
 *     moved = rho * moved + gain * move * move
 *     w = w - decay * w - rate * move
 */
export function adadeltaUpdate(w: usize, v: usize, moved: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const rhoAll = v128.load32_splat(hyper, 4);
  const gainAll = v128.load32_splat(hyper, 8);
  const epsilonAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const movedLow = v128.load(moved);
    const wLow = v128.load(w);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const movedHigh = v128.load(moved, 16);
    const wHigh = v128.load(w, 16);
    const vNextLow = AdadeltaUpdate.v(rhoAll, vLow, gainAll, dwLow);
    const vNextHigh = AdadeltaUpdate.v(rhoAll, vHigh, gainAll, dwHigh);
    const moveLow = AdadeltaUpdate.move(movedLow, epsilonAll, dwLow, vNextLow);
    const moveHigh = AdadeltaUpdate.move(movedHigh, epsilonAll, dwHigh, vNextHigh);
    const movedNextLow = AdadeltaUpdate.moved(rhoAll, movedLow, gainAll, moveLow);
    const movedNextHigh = AdadeltaUpdate.moved(rhoAll, movedHigh, gainAll, moveHigh);
    const wNextLow = AdadeltaUpdate.w(wLow, decayAll, rateAll, moveLow);
    const wNextHigh = AdadeltaUpdate.w(wHigh, decayAll, rateAll, moveHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(moved, movedNextLow);
    v128.store(moved, movedNextHigh, 16);
    w += 32;
    v += 32;
    moved += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const movedLanes = v128.load(moved);
    const wLanes = v128.load(w);
    const vNextLanes = AdadeltaUpdate.v(rhoAll, vLanes, gainAll, dwLanes);
    const moveLanes = AdadeltaUpdate.move(movedLanes, epsilonAll, dwLanes, vNextLanes);
    const movedNextLanes = AdadeltaUpdate.moved(rhoAll, movedLanes, gainAll, moveLanes);
    const wNextLanes = AdadeltaUpdate.w(wLanes, decayAll, rateAll, moveLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(moved, movedNextLanes, size);
    w += 16;
    v += 16;
    moved += 16;
    dw += 16;
  }
}

class FtrlUpdate {
  @inline
  static before(v: v128): v128 {
    return f32x4.sqrt(v);
  }

  @inline
  static v(v: v128, dw: v128): v128 {
    return f32x4.add(v, f32x4.mul(dw, dw));
  }

  @inline
  static after(v: v128): v128 {
    return f32x4.sqrt(v);
  }

  @inline
  static kept(w: v128, decay: v128): v128 {
    return f32x4.sub(w, f32x4.mul(decay, w));
  }

  @inline
  static linear(linear: v128, dw: v128, shrinkage: v128, kept: v128, after: v128, before: v128, inverse: v128): v128 {
    return f32x4.add(
      linear,
      f32x4.sub(
        f32x4.add(dw, f32x4.mul(shrinkage, kept)),
        f32x4.mul(f32x4.mul(f32x4.sub(after, before), inverse), kept),
      ),
    );
  }

  @inline
  static quadratic(after: v128, inverse: v128, curvature: v128): v128 {
    return f32x4.add(f32x4.mul(after, inverse), curvature);
  }

  @inline
  static w(quadratic: v128, kept: v128, linear: v128, l1: v128): v128 {
    return v128.bitselect(
      kept,
      f32x4.div(f32x4.sub(f32x4.pmin(f32x4.pmax(linear, f32x4.neg(l1)), l1), linear), quadratic),
      f32x4.eq(quadratic, f32x4.splat(0)),
    );
  }
}

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
export function ftrlUpdate(w: usize, v: usize, linear: usize, dw: usize, size: i32, hyper: usize): void {
  const inverseAll = v128.load32_splat(hyper);
  const l1All = v128.load32_splat(hyper, 4);
  const curvatureAll = v128.load32_splat(hyper, 8);
  const shrinkageAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const linearLow = v128.load(linear);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const linearHigh = v128.load(linear, 16);
    const beforeLow = FtrlUpdate.before(vLow);
    const beforeHigh = FtrlUpdate.before(vHigh);
    const vNextLow = FtrlUpdate.v(vLow, dwLow);
    const vNextHigh = FtrlUpdate.v(vHigh, dwHigh);
    const afterLow = FtrlUpdate.after(vNextLow);
    const afterHigh = FtrlUpdate.after(vNextHigh);
    const keptLow = FtrlUpdate.kept(wLow, decayAll);
    const keptHigh = FtrlUpdate.kept(wHigh, decayAll);
    const linearNextLow = FtrlUpdate.linear(linearLow, dwLow, shrinkageAll, keptLow, afterLow, beforeLow, inverseAll);
    const linearNextHigh = FtrlUpdate.linear(
      linearHigh,
      dwHigh,
      shrinkageAll,
      keptHigh,
      afterHigh,
      beforeHigh,
      inverseAll,
    );
    const quadraticLow = FtrlUpdate.quadratic(afterLow, inverseAll, curvatureAll);
    const quadraticHigh = FtrlUpdate.quadratic(afterHigh, inverseAll, curvatureAll);
    const wNextLow = FtrlUpdate.w(quadraticLow, keptLow, linearNextLow, l1All);
    const wNextHigh = FtrlUpdate.w(quadraticHigh, keptHigh, linearNextHigh, l1All);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(linear, linearNextLow);
    v128.store(linear, linearNextHigh, 16);
    w += 32;
    v += 32;
    linear += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const wLanes = v128.load(w);
    const linearLanes = v128.load(linear);
    const beforeLanes = FtrlUpdate.before(vLanes);
    const vNextLanes = FtrlUpdate.v(vLanes, dwLanes);
    const afterLanes = FtrlUpdate.after(vNextLanes);
    const keptLanes = FtrlUpdate.kept(wLanes, decayAll);
    const linearNextLanes = FtrlUpdate.linear(
      linearLanes,
      dwLanes,
      shrinkageAll,
      keptLanes,
      afterLanes,
      beforeLanes,
      inverseAll,
    );
    const quadraticLanes = FtrlUpdate.quadratic(afterLanes, inverseAll, curvatureAll);
    const wNextLanes = FtrlUpdate.w(quadraticLanes, keptLanes, linearNextLanes, l1All);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(linear, linearNextLanes, size);
    w += 16;
    v += 16;
    linear += 16;
    dw += 16;
  }
}

class FtrlPowerUpdate {
  @inline
  static before(v: v128, exponent: v128): v128 {
    return Elementary.pow(v, exponent);
  }

  @inline
  static v(v: v128, dw: v128): v128 {
    return f32x4.add(v, f32x4.mul(dw, dw));
  }

  @inline
  static after(v: v128, exponent: v128): v128 {
    return Elementary.pow(v, exponent);
  }

  @inline
  static kept(w: v128, decay: v128): v128 {
    return f32x4.sub(w, f32x4.mul(decay, w));
  }

  @inline
  static linear(linear: v128, dw: v128, shrinkage: v128, kept: v128, after: v128, before: v128, inverse: v128): v128 {
    return f32x4.add(
      linear,
      f32x4.sub(
        f32x4.add(dw, f32x4.mul(shrinkage, kept)),
        f32x4.mul(f32x4.mul(f32x4.sub(after, before), inverse), kept),
      ),
    );
  }

  @inline
  static quadratic(after: v128, inverse: v128, curvature: v128): v128 {
    return f32x4.add(f32x4.mul(after, inverse), curvature);
  }

  @inline
  static w(quadratic: v128, kept: v128, linear: v128, l1: v128): v128 {
    return v128.bitselect(
      kept,
      f32x4.div(f32x4.sub(f32x4.pmin(f32x4.pmax(linear, f32x4.neg(l1)), l1), linear), quadratic),
      f32x4.eq(quadratic, f32x4.splat(0)),
    );
  }
}

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
export function ftrlPowerUpdate(w: usize, v: usize, linear: usize, dw: usize, size: i32, hyper: usize): void {
  const inverseAll = v128.load32_splat(hyper);
  const l1All = v128.load32_splat(hyper, 4);
  const curvatureAll = v128.load32_splat(hyper, 8);
  const shrinkageAll = v128.load32_splat(hyper, 12);
  const decayAll = v128.load32_splat(hyper, 16);
  const exponentAll = v128.load32_splat(hyper, 20);
  for (; size >= 8; size -= 8) {
    const vLow = v128.load(v);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const linearLow = v128.load(linear);
    const vHigh = v128.load(v, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const linearHigh = v128.load(linear, 16);
    const beforeLow = FtrlPowerUpdate.before(vLow, exponentAll);
    const beforeHigh = FtrlPowerUpdate.before(vHigh, exponentAll);
    const vNextLow = FtrlPowerUpdate.v(vLow, dwLow);
    const vNextHigh = FtrlPowerUpdate.v(vHigh, dwHigh);
    const afterLow = FtrlPowerUpdate.after(vNextLow, exponentAll);
    const afterHigh = FtrlPowerUpdate.after(vNextHigh, exponentAll);
    const keptLow = FtrlPowerUpdate.kept(wLow, decayAll);
    const keptHigh = FtrlPowerUpdate.kept(wHigh, decayAll);
    const linearNextLow = FtrlPowerUpdate.linear(
      linearLow,
      dwLow,
      shrinkageAll,
      keptLow,
      afterLow,
      beforeLow,
      inverseAll,
    );
    const linearNextHigh = FtrlPowerUpdate.linear(
      linearHigh,
      dwHigh,
      shrinkageAll,
      keptHigh,
      afterHigh,
      beforeHigh,
      inverseAll,
    );
    const quadraticLow = FtrlPowerUpdate.quadratic(afterLow, inverseAll, curvatureAll);
    const quadraticHigh = FtrlPowerUpdate.quadratic(afterHigh, inverseAll, curvatureAll);
    const wNextLow = FtrlPowerUpdate.w(quadraticLow, keptLow, linearNextLow, l1All);
    const wNextHigh = FtrlPowerUpdate.w(quadraticHigh, keptHigh, linearNextHigh, l1All);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    v128.store(linear, linearNextLow);
    v128.store(linear, linearNextHigh, 16);
    w += 32;
    v += 32;
    linear += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const vLanes = v128.load(v);
    const dwLanes = v128.load(dw);
    const wLanes = v128.load(w);
    const linearLanes = v128.load(linear);
    const beforeLanes = FtrlPowerUpdate.before(vLanes, exponentAll);
    const vNextLanes = FtrlPowerUpdate.v(vLanes, dwLanes);
    const afterLanes = FtrlPowerUpdate.after(vNextLanes, exponentAll);
    const keptLanes = FtrlPowerUpdate.kept(wLanes, decayAll);
    const linearNextLanes = FtrlPowerUpdate.linear(
      linearLanes,
      dwLanes,
      shrinkageAll,
      keptLanes,
      afterLanes,
      beforeLanes,
      inverseAll,
    );
    const quadraticLanes = FtrlPowerUpdate.quadratic(afterLanes, inverseAll, curvatureAll);
    const wNextLanes = FtrlPowerUpdate.w(quadraticLanes, keptLanes, linearNextLanes, l1All);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    Vectors.storeSome(linear, linearNextLanes, size);
    w += 16;
    v += 16;
    linear += 16;
    dw += 16;
  }
}

class LionUpdate {
  @inline
  static mean(beta1: v128, m: v128, gain1: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(beta1, m), f32x4.mul(gain1, dw));
  }

  @inline
  static direction(mean: v128): v128 {
    return v128.bitselect(
      v128.load32_splat(constants),
      v128.bitselect(v128.load32_splat(constants, 4), mean, f32x4.lt(mean, f32x4.splat(0))),
      f32x4.gt(mean, f32x4.splat(0)),
    );
  }

  @inline
  static m(beta2: v128, m: v128, gain2: v128, dw: v128): v128 {
    return f32x4.add(f32x4.mul(beta2, m), f32x4.mul(gain2, dw));
  }

  @inline
  static w(w: v128, decay: v128, rate: v128, direction: v128): v128 {
    return f32x4.sub(f32x4.sub(w, f32x4.mul(decay, w)), f32x4.mul(rate, direction));
  }
}

/**
 * Chen et al. 2023, algorithm 2. gain1 is 1 - beta1, gain2 is 1 - beta2.
 *
 *     mean = beta1 * m + gain1 * dw
 *     direction = mean > 0 ? 1 : mean < 0 ? -1 : mean
 *     m = beta2 * m + gain2 * dw
 *     w = w - decay * w - rate * direction
 */
export function lionUpdate(w: usize, m: usize, dw: usize, size: i32, hyper: usize): void {
  const rateAll = v128.load32_splat(hyper);
  const beta1All = v128.load32_splat(hyper, 4);
  const gain1All = v128.load32_splat(hyper, 8);
  const beta2All = v128.load32_splat(hyper, 12);
  const gain2All = v128.load32_splat(hyper, 16);
  const decayAll = v128.load32_splat(hyper, 20);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const wLow = v128.load(w);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const wHigh = v128.load(w, 16);
    const meanLow = LionUpdate.mean(beta1All, mLow, gain1All, dwLow);
    const meanHigh = LionUpdate.mean(beta1All, mHigh, gain1All, dwHigh);
    const directionLow = LionUpdate.direction(meanLow);
    const directionHigh = LionUpdate.direction(meanHigh);
    const mNextLow = LionUpdate.m(beta2All, mLow, gain2All, dwLow);
    const mNextHigh = LionUpdate.m(beta2All, mHigh, gain2All, dwHigh);
    const wNextLow = LionUpdate.w(wLow, decayAll, rateAll, directionLow);
    const wNextHigh = LionUpdate.w(wHigh, decayAll, rateAll, directionHigh);
    v128.store(w, wNextLow);
    v128.store(w, wNextHigh, 16);
    v128.store(m, mNextLow);
    v128.store(m, mNextHigh, 16);
    w += 32;
    m += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const mLanes = v128.load(m);
    const dwLanes = v128.load(dw);
    const wLanes = v128.load(w);
    const meanLanes = LionUpdate.mean(beta1All, mLanes, gain1All, dwLanes);
    const directionLanes = LionUpdate.direction(meanLanes);
    const mNextLanes = LionUpdate.m(beta2All, mLanes, gain2All, dwLanes);
    const wNextLanes = LionUpdate.w(wLanes, decayAll, rateAll, directionLanes);
    Vectors.storeSome(w, wNextLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    w += 16;
    m += 16;
    dw += 16;
  }
}

class AdamDirectionUpdate {
  @inline
  static m(m: v128, dw: v128, gain1: v128): v128 {
    return f32x4.add(m, f32x4.mul(f32x4.sub(dw, m), gain1));
  }

  @inline
  static v(v: v128, dw: v128, gain2: v128): v128 {
    return f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(dw, dw), v), gain2));
  }

  @inline
  static u(m: v128, correction1: v128, v: v128, correction2: v128, epsilon: v128): v128 {
    return f32x4.div(f32x4.mul(m, correction1), f32x4.add(f32x4.sqrt(f32x4.mul(v, correction2)), epsilon));
  }
}

/**
 * The direction u of a step of Adam, without the step: correction1 and correction2 are those of the bias of m and v.
 *
 *     m = m + (dw - m) * gain1
 *     v = v + (dw * dw - v) * gain2
 *     u = m * correction1 / (sqrt(v * correction2) + epsilon)
 */
export function adamDirectionUpdate(u: usize, m: usize, v: usize, dw: usize, size: i32, hyper: usize): void {
  const correction1All = v128.load32_splat(hyper);
  const correction2All = v128.load32_splat(hyper, 4);
  const gain1All = v128.load32_splat(hyper, 8);
  const gain2All = v128.load32_splat(hyper, 12);
  const epsilonAll = v128.load32_splat(hyper, 16);
  for (; size >= 8; size -= 8) {
    const mLow = v128.load(m);
    const dwLow = v128.load(dw);
    const vLow = v128.load(v);
    const mHigh = v128.load(m, 16);
    const dwHigh = v128.load(dw, 16);
    const vHigh = v128.load(v, 16);
    const mNextLow = AdamDirectionUpdate.m(mLow, dwLow, gain1All);
    const mNextHigh = AdamDirectionUpdate.m(mHigh, dwHigh, gain1All);
    const vNextLow = AdamDirectionUpdate.v(vLow, dwLow, gain2All);
    const vNextHigh = AdamDirectionUpdate.v(vHigh, dwHigh, gain2All);
    const uLow = AdamDirectionUpdate.u(mNextLow, correction1All, vNextLow, correction2All, epsilonAll);
    const uHigh = AdamDirectionUpdate.u(mNextHigh, correction1All, vNextHigh, correction2All, epsilonAll);
    v128.store(u, uLow);
    v128.store(u, uHigh, 16);
    v128.store(m, mNextLow);
    v128.store(m, mNextHigh, 16);
    v128.store(v, vNextLow);
    v128.store(v, vNextHigh, 16);
    u += 32;
    m += 32;
    v += 32;
    dw += 32;
  }
  for (; size > 0; size -= 4) {
    const mLanes = v128.load(m);
    const dwLanes = v128.load(dw);
    const vLanes = v128.load(v);
    const mNextLanes = AdamDirectionUpdate.m(mLanes, dwLanes, gain1All);
    const vNextLanes = AdamDirectionUpdate.v(vLanes, dwLanes, gain2All);
    const uLanes = AdamDirectionUpdate.u(mNextLanes, correction1All, vNextLanes, correction2All, epsilonAll);
    Vectors.storeSome(u, uLanes, size);
    Vectors.storeSome(m, mNextLanes, size);
    Vectors.storeSome(v, vNextLanes, size);
    u += 16;
    m += 16;
    v += 16;
    dw += 16;
  }
}
