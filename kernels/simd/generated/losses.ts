// Made by `npm run generate`; what is changed here is lost.
import { Elementary } from '../elementary';
import { Rows } from '../rows';
import { Vectors } from '../vectors';

const constants: usize = memory.data<f32>([1e-7, -1.00000005e-7, 0.9999999, 1], 16);

class SoftmaxCrossEntropyForward {
  @inline
  static probabilities(logits: v128, top: v128): v128 {
    return Elementary.exp(f32x4.sub(logits, top));
  }

  @inline
  static probabilities2(probabilities: v128, total: v128): v128 {
    return f32x4.div(probabilities, total);
  }

  @inline
  static sum(targets: v128, ofRow: v128, logits: v128, top: v128): v128 {
    return f32x4.mul(targets, f32x4.sub(ofRow, f32x4.sub(logits, top)));
  }
}

/**
 * The cross-entropy of targets and softmax(logits), which no logit can overflow.
 *
 *     top = largest(logits)
 *     probabilities = exp(logits - top)
 *     total = sum(probabilities)
 *     probabilities = probabilities / total
 *     loss = sum(targets * (log(total) - (logits - top)))
 */
export function softmaxCrossEntropyForward(
  logits: usize,
  targets: usize,
  loss: usize,
  probabilities: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    const top = Rows.largest(logits, columns) as f64;
    const topAll = f32x4.splat(top as f32);
    let totalPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const logitsLanes = v128.load(logits + at);
      const probabilitiesLanes = SoftmaxCrossEntropyForward.probabilities(logitsLanes, topAll);
      v128.store(probabilities + at, probabilitiesLanes);
      totalPairs = Vectors.addTo(totalPairs, probabilitiesLanes);
    }
    if (rest > 0) {
      const at = whole;
      const logitsLanes = v128.load(logits + at);
      const probabilitiesLanes = SoftmaxCrossEntropyForward.probabilities(logitsLanes, topAll);
      Vectors.storeSome(probabilities + at, probabilitiesLanes, rest);
      totalPairs = Vectors.addTo(totalPairs, v128.and(probabilitiesLanes, last));
    }
    const total = Vectors.total(totalPairs);
    const ofRow: f64 = Rows.log(total);
    const totalAll = f32x4.splat(total as f32);
    const ofRowAll = f32x4.splat(ofRow as f32);
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const logitsLanes = v128.load(logits + at);
      const probabilities2Next = SoftmaxCrossEntropyForward.probabilities2(probabilitiesLanes, totalAll);
      v128.store(probabilities + at, probabilities2Next);
      sumPairs = Vectors.addTo(sumPairs, SoftmaxCrossEntropyForward.sum(targetsLanes, ofRowAll, logitsLanes, topAll));
    }
    if (rest > 0) {
      const at = whole;
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const logitsLanes = v128.load(logits + at);
      const probabilities2Next = SoftmaxCrossEntropyForward.probabilities2(probabilitiesLanes, totalAll);
      Vectors.storeSome(probabilities + at, probabilities2Next, rest);
      sumPairs = Vectors.addTo(
        sumPairs,
        v128.and(SoftmaxCrossEntropyForward.sum(targetsLanes, ofRowAll, logitsLanes, topAll), last),
      );
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(loss, sum as f32);
    logits += bytes;
    targets += bytes;
    loss += 4;
    probabilities += bytes;
  }
}

class SoftmaxCrossEntropyBackward {
  @inline
  static dlogits(dloss: v128, probabilities: v128, sum: v128, targets: v128): v128 {
    return f32x4.mul(dloss, f32x4.sub(f32x4.mul(probabilities, sum), targets));
  }
}

/**
 *     dlogits = dloss * (probabilities * sum(targets) - targets)
 */
export function softmaxCrossEntropyBackward(
  dloss: usize,
  targets: usize,
  probabilities: usize,
  dlogits: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    const dlossNow = load<f32>(dloss) as f64;
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const targetsLanes = v128.load(targets + at);
      sumPairs = Vectors.addTo(sumPairs, targetsLanes);
    }
    if (rest > 0) {
      const at = whole;
      const targetsLanes = v128.load(targets + at);
      sumPairs = Vectors.addTo(sumPairs, v128.and(targetsLanes, last));
    }
    const sum = Vectors.total(sumPairs);
    const dlossAll = f32x4.splat(dlossNow as f32);
    const sumAll = f32x4.splat(sum as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const dlogitsLanes = SoftmaxCrossEntropyBackward.dlogits(dlossAll, probabilitiesLanes, sumAll, targetsLanes);
      v128.store(dlogits + at, dlogitsLanes);
    }
    if (rest > 0) {
      const at = whole;
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const dlogitsLanes = SoftmaxCrossEntropyBackward.dlogits(dlossAll, probabilitiesLanes, sumAll, targetsLanes);
      Vectors.storeSome(dlogits + at, dlogitsLanes, rest);
    }
    dloss += 4;
    targets += bytes;
    probabilities += bytes;
    dlogits += bytes;
  }
}

class CrossEntropyForward {
  @inline
  static logarithm(x: v128, total: v128): v128 {
    return f32x4.pmin(
      Elementary.log(f32x4.pmax(f32x4.div(x, total), v128.load32_splat(constants))),
      v128.load32_splat(constants, 4),
    );
  }

  @inline
  static sum(targets: v128, logarithm: v128): v128 {
    return v128.andnot(f32x4.mul(targets, logarithm), f32x4.eq(targets, f32x4.splat(0)));
  }
}

/**
 * The cross-entropy of targets and x over its sum, clipped; x is the output of no softmax.
 *
 *     total = sum(x)
 *     logarithm = atMost(log(atLeast(x / total, 1e-7)), -1.00000005e-7)
 *     loss = -sum(targets == 0 ? 0 : targets * logarithm)
 */
export function crossEntropyForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let totalPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, xLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, v128.and(xLanes, last));
    }
    const total = Vectors.total(totalPairs);
    const totalAll = f32x4.splat(total as f32);
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const logarithmLanes = CrossEntropyForward.logarithm(xLanes, totalAll);
      sumPairs = Vectors.addTo(sumPairs, CrossEntropyForward.sum(targetsLanes, logarithmLanes));
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const logarithmLanes = CrossEntropyForward.logarithm(xLanes, totalAll);
      sumPairs = Vectors.addTo(sumPairs, v128.and(CrossEntropyForward.sum(targetsLanes, logarithmLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(loss, -sum as f32);
    x += bytes;
    targets += bytes;
    loss += 4;
  }
}

class CrossEntropyBackward {
  @inline
  static q(x: v128, total: v128): v128 {
    return f32x4.div(x, total);
  }

  @inline
  static inside(q: v128): v128 {
    return v128.and(f32x4.ge(q, v128.load32_splat(constants)), f32x4.le(q, v128.load32_splat(constants, 8)));
  }

  @inline
  static sum(inside: v128, targets: v128): v128 {
    return v128.and(targets, inside);
  }

  @inline
  static q2(x: v128, total: v128): v128 {
    return f32x4.div(x, total);
  }

  @inline
  static inside2(q: v128): v128 {
    return v128.and(f32x4.ge(q, v128.load32_splat(constants)), f32x4.le(q, v128.load32_splat(constants, 8)));
  }

  @inline
  static dx(ofRow: v128, sum: v128, inside: v128, targets: v128, q: v128): v128 {
    return f32x4.mul(ofRow, f32x4.sub(sum, v128.and(f32x4.div(targets, q), inside)));
  }
}

/**
 *     total = sum(x)
 *     q = x / total
 *     inside = q >= 1e-7 && q <= 1 - 1e-7
 *     dx = dloss / total * (sum(inside ? targets : 0) - (inside ? targets / q : 0))
 */
export function crossEntropyBackward(dloss: usize, x: usize, targets: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    const dlossNow = load<f32>(dloss) as f64;
    let totalPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, xLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      totalPairs = Vectors.addTo(totalPairs, v128.and(xLanes, last));
    }
    const total = Vectors.total(totalPairs);
    const ofRow: f64 = dlossNow / total;
    const totalAll = f32x4.splat(total as f32);
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const qLanes = CrossEntropyBackward.q(xLanes, totalAll);
      const insideLanes = CrossEntropyBackward.inside(qLanes);
      sumPairs = Vectors.addTo(sumPairs, CrossEntropyBackward.sum(insideLanes, targetsLanes));
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const qLanes = CrossEntropyBackward.q(xLanes, totalAll);
      const insideLanes = CrossEntropyBackward.inside(qLanes);
      sumPairs = Vectors.addTo(sumPairs, v128.and(CrossEntropyBackward.sum(insideLanes, targetsLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    const ofRowAll = f32x4.splat(ofRow as f32);
    const sumAll = f32x4.splat(sum as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const q2Lanes = CrossEntropyBackward.q2(xLanes, totalAll);
      const inside2Lanes = CrossEntropyBackward.inside2(q2Lanes);
      const dxLanes = CrossEntropyBackward.dx(ofRowAll, sumAll, inside2Lanes, targetsLanes, q2Lanes);
      v128.store(dx + at, dxLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const q2Lanes = CrossEntropyBackward.q2(xLanes, totalAll);
      const inside2Lanes = CrossEntropyBackward.inside2(q2Lanes);
      const dxLanes = CrossEntropyBackward.dx(ofRowAll, sumAll, inside2Lanes, targetsLanes, q2Lanes);
      Vectors.storeSome(dx + at, dxLanes, rest);
    }
    dloss += 4;
    x += bytes;
    targets += bytes;
    dx += bytes;
  }
}

class SigmoidBinaryCrossEntropyForward {
  @inline
  static probabilities(logits: v128): v128 {
    return Elementary.sigmoid(logits);
  }

  @inline
  static sum(logits: v128, targets: v128): v128 {
    return f32x4.add(
      f32x4.sub(f32x4.pmax(logits, f32x4.splat(0)), f32x4.mul(logits, targets)),
      Elementary.log1p(Elementary.exp(f32x4.neg(f32x4.abs(logits)))),
    );
  }
}

/**
 * The mean over the columns of the binary cross-entropy of targets and sigmoid(logits).
 *
 *     probabilities = sigmoid(logits)
 *     loss = mean(atLeast(logits, 0) - logits * targets + log1p(exp(-abs(logits))))
 */
export function sigmoidBinaryCrossEntropyForward(
  logits: usize,
  targets: usize,
  loss: usize,
  probabilities: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const logitsLanes = v128.load(logits + at);
      const targetsLanes = v128.load(targets + at);
      const probabilitiesLanes = SigmoidBinaryCrossEntropyForward.probabilities(logitsLanes);
      v128.store(probabilities + at, probabilitiesLanes);
      sumPairs = Vectors.addTo(sumPairs, SigmoidBinaryCrossEntropyForward.sum(logitsLanes, targetsLanes));
    }
    if (rest > 0) {
      const at = whole;
      const logitsLanes = v128.load(logits + at);
      const targetsLanes = v128.load(targets + at);
      const probabilitiesLanes = SigmoidBinaryCrossEntropyForward.probabilities(logitsLanes);
      Vectors.storeSome(probabilities + at, probabilitiesLanes, rest);
      sumPairs = Vectors.addTo(
        sumPairs,
        v128.and(SigmoidBinaryCrossEntropyForward.sum(logitsLanes, targetsLanes), last),
      );
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(loss, (sum / (columns as f64)) as f32);
    logits += bytes;
    targets += bytes;
    loss += 4;
    probabilities += bytes;
  }
}

class SigmoidBinaryCrossEntropyBackward {
  @inline
  static dlogits(ofRow: v128, probabilities: v128, targets: v128): v128 {
    return f32x4.mul(ofRow, f32x4.sub(probabilities, targets));
  }
}

/**
 *     dlogits = dloss / columns * (probabilities - targets)
 */
export function sigmoidBinaryCrossEntropyBackward(
  dloss: usize,
  targets: usize,
  probabilities: usize,
  dlogits: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  for (; rows > 0; rows--) {
    const dlossNow = load<f32>(dloss) as f64;
    const ofRow: f64 = dlossNow / (columns as f64);
    const ofRowAll = f32x4.splat(ofRow as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const dlogitsLanes = SigmoidBinaryCrossEntropyBackward.dlogits(ofRowAll, probabilitiesLanes, targetsLanes);
      v128.store(dlogits + at, dlogitsLanes);
    }
    if (rest > 0) {
      const at = whole;
      const probabilitiesLanes = v128.load(probabilities + at);
      const targetsLanes = v128.load(targets + at);
      const dlogitsLanes = SigmoidBinaryCrossEntropyBackward.dlogits(ofRowAll, probabilitiesLanes, targetsLanes);
      Vectors.storeSome(dlogits + at, dlogitsLanes, rest);
    }
    dloss += 4;
    targets += bytes;
    probabilities += bytes;
    dlogits += bytes;
  }
}

class BinaryCrossEntropyForward {
  @inline
  static hit(targets: v128, x: v128): v128 {
    return f32x4.mul(
      targets,
      f32x4.pmin(Elementary.log(f32x4.pmax(x, v128.load32_splat(constants))), v128.load32_splat(constants, 4)),
    );
  }

  @inline
  static miss(targets: v128, x: v128): v128 {
    return f32x4.mul(
      f32x4.sub(v128.load32_splat(constants, 12), targets),
      f32x4.pmin(
        Elementary.log(f32x4.pmax(f32x4.sub(v128.load32_splat(constants, 12), x), v128.load32_splat(constants))),
        v128.load32_splat(constants, 4),
      ),
    );
  }

  @inline
  static sum(hit: v128, miss: v128): v128 {
    return f32x4.add(hit, miss);
  }
}

/**
 * The mean over the columns of the binary cross-entropy of targets and the probabilities x, clipped.
 *
 *     hit = targets * atMost(log(atLeast(x, 1e-7)), -1.00000005e-7)
 *     miss = (1 - targets) * atMost(log(atLeast(1 - x, 1e-7)), -1.00000005e-7)
 *     loss = -mean(hit + miss)
 */
export function binaryCrossEntropyForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const targetsLanes = v128.load(targets + at);
      const xLanes = v128.load(x + at);
      const hitLanes = BinaryCrossEntropyForward.hit(targetsLanes, xLanes);
      const missLanes = BinaryCrossEntropyForward.miss(targetsLanes, xLanes);
      sumPairs = Vectors.addTo(sumPairs, BinaryCrossEntropyForward.sum(hitLanes, missLanes));
    }
    if (rest > 0) {
      const at = whole;
      const targetsLanes = v128.load(targets + at);
      const xLanes = v128.load(x + at);
      const hitLanes = BinaryCrossEntropyForward.hit(targetsLanes, xLanes);
      const missLanes = BinaryCrossEntropyForward.miss(targetsLanes, xLanes);
      sumPairs = Vectors.addTo(sumPairs, v128.and(BinaryCrossEntropyForward.sum(hitLanes, missLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(loss, -(sum / (columns as f64)) as f32);
    x += bytes;
    targets += bytes;
    loss += 4;
  }
}

class BinaryCrossEntropyBackward {
  @inline
  static dx(x: v128, ofRow: v128, targets: v128): v128 {
    return v128.and(
      f32x4.div(f32x4.mul(ofRow, f32x4.sub(x, targets)), f32x4.mul(x, f32x4.sub(v128.load32_splat(constants, 12), x))),
      v128.and(f32x4.ge(x, v128.load32_splat(constants)), f32x4.le(x, v128.load32_splat(constants, 8))),
    );
  }
}

/**
 *     dx = x >= 1e-7 && x <= 1 - 1e-7 ? dloss / columns * (x - targets) / (x * (1 - x)) : 0
 */
export function binaryCrossEntropyBackward(
  dloss: usize,
  x: usize,
  targets: usize,
  dx: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  for (; rows > 0; rows--) {
    const dlossNow = load<f32>(dloss) as f64;
    const ofRow: f64 = dlossNow / (columns as f64);
    const ofRowAll = f32x4.splat(ofRow as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const dxLanes = BinaryCrossEntropyBackward.dx(xLanes, ofRowAll, targetsLanes);
      v128.store(dx + at, dxLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const dxLanes = BinaryCrossEntropyBackward.dx(xLanes, ofRowAll, targetsLanes);
      Vectors.storeSome(dx + at, dxLanes, rest);
    }
    dloss += 4;
    x += bytes;
    targets += bytes;
    dx += bytes;
  }
}

class MeanSquaredErrorForward {
  @inline
  static difference(x: v128, targets: v128): v128 {
    return f32x4.sub(x, targets);
  }

  @inline
  static sum(difference: v128): v128 {
    return f32x4.mul(difference, difference);
  }
}

/**
 * The mean over the columns of (x - targets)^2.
 *
 *     difference = x - targets
 *     loss = mean(difference * difference)
 */
export function meanSquaredErrorForward(x: usize, targets: usize, loss: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  const last = Vectors.firstLanes(rest);
  for (; rows > 0; rows--) {
    let sumPairs = f64x2.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const differenceLanes = MeanSquaredErrorForward.difference(xLanes, targetsLanes);
      sumPairs = Vectors.addTo(sumPairs, MeanSquaredErrorForward.sum(differenceLanes));
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const differenceLanes = MeanSquaredErrorForward.difference(xLanes, targetsLanes);
      sumPairs = Vectors.addTo(sumPairs, v128.and(MeanSquaredErrorForward.sum(differenceLanes), last));
    }
    const sum = Vectors.total(sumPairs);
    store<f32>(loss, (sum / (columns as f64)) as f32);
    x += bytes;
    targets += bytes;
    loss += 4;
  }
}

class MeanSquaredErrorBackward {
  @inline
  static dx(ofRow: v128, x: v128, targets: v128): v128 {
    return f32x4.mul(ofRow, f32x4.sub(x, targets));
  }
}

/**
 *     dx = 2 * dloss / columns * (x - targets)
 */
export function meanSquaredErrorBackward(
  dloss: usize,
  x: usize,
  targets: usize,
  dx: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (columns as usize) << 2;
  const whole = bytes & ~15;
  const rest = columns & 3;
  for (; rows > 0; rows--) {
    const dlossNow = load<f32>(dloss) as f64;
    const ofRow: f64 = (2 * dlossNow) / (columns as f64);
    const ofRowAll = f32x4.splat(ofRow as f32);
    for (let at: usize = 0; at < whole; at += 16) {
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const dxLanes = MeanSquaredErrorBackward.dx(ofRowAll, xLanes, targetsLanes);
      v128.store(dx + at, dxLanes);
    }
    if (rest > 0) {
      const at = whole;
      const xLanes = v128.load(x + at);
      const targetsLanes = v128.load(targets + at);
      const dxLanes = MeanSquaredErrorBackward.dx(ofRowAll, xLanes, targetsLanes);
      Vectors.storeSome(dx + at, dxLanes, rest);
    }
    dloss += 4;
    x += bytes;
    targets += bytes;
    dx += bytes;
  }
}
