/**
 * How a convolution goes along one axis: place t writes output `firstOutput + t outputStep` and reads, for tap i, the
 * input `start + t stride + i tapStep`, where that is not negative and below `limit`, times weight
 * `firstWeight + i weightStep`.
 */
export namespace AxisPass {
  export function firstOutput(pass: usize): i32 {
    return load<i32>(pass);
  }
  export function outputStep(pass: usize): i32 {
    return load<i32>(pass, 4);
  }
  export function count(pass: usize): i32 {
    return load<i32>(pass, 8);
  }
  export function start(pass: usize): i32 {
    return load<i32>(pass, 12);
  }
  export function stride(pass: usize): i32 {
    return load<i32>(pass, 16);
  }
  export function tapStep(pass: usize): i32 {
    return load<i32>(pass, 20);
  }
  export function taps(pass: usize): i32 {
    return load<i32>(pass, 24);
  }
  export function firstWeight(pass: usize): i32 {
    return load<i32>(pass, 28);
  }
  export function weightStep(pass: usize): i32 {
    return load<i32>(pass, 32);
  }
  export function limit(pass: usize): i32 {
    return load<i32>(pass, 36);
  }
}

function setPass(
  pass: usize,
  firstOutput: i32,
  outputStep: i32,
  count: i32,
  start: i32,
  stride: i32,
  tapStep: i32,
  taps: i32,
  firstWeight: i32,
  weightStep: i32,
  limit: i32,
): void {
  store<i32>(pass, firstOutput);
  store<i32>(pass, outputStep, 4);
  store<i32>(pass, count, 8);
  store<i32>(pass, start, 12);
  store<i32>(pass, stride, 16);
  store<i32>(pass, tapStep, 20);
  store<i32>(pass, taps, 24);
  store<i32>(pass, firstWeight, 28);
  store<i32>(pass, weightStep, 32);
  store<i32>(pass, limit, 36);
}

/** All outputs of an axis. */
export function setForwardPass(
  pass: usize,
  inputs: i32,
  stride: i32,
  dilation: i32,
  before: i32,
  window: i32,
  outputs: i32,
): void {
  setPass(pass, 0, 1, outputs, -before, stride, dilation, window, 0, 1, inputs);
}

/**
 * The other way round: the inputs `phase`, `phase + stride`, ... of a convolution's axis are written, and its outputs that
 * they have reached are read. Those taps reach an input that lead from it to a whole place: every n-th, and they are
 * taken from the last to the first, so that the places rise.
 */
export function setReversedPass(
  pass: usize,
  outputs: i32,
  stride: i32,
  dilation: i32,
  before: i32,
  window: i32,
  inputs: i32,
  phase: i32,
): void {
  const count = (inputs - phase + stride - 1) / stride;
  let first = 0;
  while (first < window && (phase + before - first * dilation) % stride !== 0) first++;
  let next = first + 1;
  while (next < window && ((next - first) * dilation) % stride !== 0) next++;
  const step = next - first;
  const taps = first < window ? (window - 1 - first) / step + 1 : 0;
  const last = first + max(0, taps - 1) * step;
  const tapStep = max(1, (step * dilation) / stride);
  setPass(
    pass,
    phase,
    stride,
    count,
    (phase + before - last * dilation) / stride,
    1,
    tapStep,
    taps,
    last,
    -step,
    outputs,
  );
}
