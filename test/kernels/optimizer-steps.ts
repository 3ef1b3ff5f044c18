/** The definitions of optimizers' steps in float64, and the numbers with which the kernels are tested. */
import fc from 'fast-check';
import type { OutputName } from '../../kernels/contract.ts';
import type { hyperNames } from '../../kernels/generated/contract.ts';
import { type Case, drawn, type Numbers, type Reference, sizes } from './draw.ts';

type UpdateName = keyof typeof hyperNames;
interface Tested<K extends UpdateName> {
  readonly define: Reference<K>;
  readonly cases: fc.Arbitrary<Case<K>>;
}
type Named = { readonly [name: string]: number };

const rate = fc.constantFrom(0.1, 0.03, 0.001);
const share = fc.constantFrom(0, 0.5, 0.9, 0.999);
const smallNumber = fc.constantFrom(1e-7, 1e-3);
const correction = fc.constantFrom(1, 1.5, 10);
const strength = fc.constantFrom(0, 0.1, 0.5);
/** Weight decay times the rate. */
const decay = fc.constantFrom(0, 0.001, 0.2);
/** What lies between them cannot become 0 by rounding. */
const [rho, gain] = [fc.constantFrom(0.8, 0.9), fc.constantFrom(0.05, 0.1)];

/** From where the content of a parameter and its slots is drawn; -1 to 1 for those that are not named. */
const ranges: { readonly [slot: string]: readonly [number, number] } = {
  v: [0, 1],
  largest: [0, 1],
  norm: [0, 1],
  moved: [0, 1],
};

/**
 * A step from what a parameter and its slots hold, a gradient, and hyper-parameters, to what they hold behind it: the
 * outputs of the kernel. `own` are ranges that are other ones than usually.
 */
function update<K extends UpdateName>(
  hyper: { readonly [name in (typeof hyperNames)[K][number]]: fc.Arbitrary<number> },
  step: (state: Named, dw: number, hyper: Named) => { readonly [output in OutputName<K>]: number },
  outputs: readonly OutputName<K>[],
  own: typeof ranges = {},
): Tested<K> {
  const names = Object.keys(hyper); // in the order of the vector
  const define = (
    { dw, hyper: values }: { [name: string]: Numbers },
    _: object,
    state: { [name: string]: Numbers },
  ) => {
    const numbers = Object.fromEntries(names.map((name, i) => [name, values![i]!]));
    const at = (i: number) => Object.fromEntries(Object.entries(state).map(([name, all]) => [name, all[i]!]));
    const after = dw!.map((gradient, i) => step(at(i), gradient, numbers));
    return Object.fromEntries(outputs.map(output => [output, after.map(each => each[output])]));
  };
  const drawnNumbers = fc.tuple(...(Object.values(hyper) as fc.Arbitrary<number>[]));
  const cases = drawn(fc.tuple(sizes, drawnNumbers), ([size, values], draw) => ({
    geometry: { size },
    inputs: { dw: draw.numbers([size]), hyper: { shape: [values.length], values: values.map(Math.fround) } },
    outputs: Object.fromEntries(outputs.map(output => [output, [size]])),
    state: Object.fromEntries(
      outputs.map(output => [output, draw.between(...(own[output] ?? ranges[output] ?? [-1, 1]), [size]).values]),
    ),
  }));
  const test: object = { define, cases };
  return test as Tested<K>;
}

const adamHyper = { rate, gain1: share, gain2: share, epsilon: smallNumber, decay };

/** The moments of Adam behind a step. */
const moments = ({ m, v }: Named, dw: number, { gain1, gain2 }: Named) => ({
  m: (1 - gain1!) * m! + gain1! * dw,
  v: (1 - gain2!) * v! + gain2! * dw ** 2,
});

const rmspropHyper = { rate, rho, gain, epsilon: smallNumber, decay };
const spread = { v: [1, 2], mean: [-0.9, 0.9] } as const;

/** RMSprop: `step` is 0 where there is no momentum. */
function rmspropStep(state: Named, dw: number, hyper: Named, isCentered: boolean) {
  const v = hyper['rho']! * state['v']! + hyper['gain']! * dw ** 2;
  const mean = isCentered ? hyper['rho']! * state['mean']! + hyper['gain']! * dw : 0;
  const move = (hyper['rate']! * dw) / Math.sqrt(v - mean ** 2 + hyper['epsilon']!);
  const step = (hyper['momentum'] ?? 0) * (state['step'] ?? 0) + move;
  return { v, mean, step, w: (1 - hyper['decay']!) * state['w']! - step };
}

function ftrlStep(state: Named, dw: number, hyper: Named) {
  const { inverse, l1, curvature, shrinkage, exponent = 0.5 } = hyper;
  const w = (1 - hyper['decay']!) * state['w']!;
  const v = state['v']! + dw ** 2;
  const sigma = inverse! * (v ** exponent - state['v']! ** exponent);
  const linear = state['linear']! + dw + shrinkage! * w - sigma * w;
  const beyond = Math.abs(linear) <= l1! ? 0 : linear - Math.sign(linear) * l1!;
  return { v, linear, w: -beyond / (inverse! * v ** exponent + curvature!) };
}
const ftrlHyper = {
  inverse: fc.constantFrom(1, 10),
  l1: strength,
  curvature: strength,
  shrinkage: strength,
  decay,
};

export const optimizerSteps: { readonly [K in UpdateName]: Tested<K> } = {
  sgdUpdate: update({ rate, decay }, ({ w }, dw, { rate, decay }) => ({ w: (1 - decay!) * w! - rate! * dw }), ['w']),
  momentumUpdate: update(
    { rate, momentum: share, decay },
    ({ w, velocity }, dw, { rate, momentum, decay }) => {
      const next = momentum! * velocity! - rate! * dw;
      return { w: (1 - decay!) * w! + next, velocity: next };
    },
    ['w', 'velocity'],
  ),
  nesterovUpdate: update(
    { rate, momentum: share, decay },
    ({ w, velocity }, dw, { rate, momentum, decay }) => {
      const next = momentum! * velocity! - rate! * dw;
      return { w: (1 - decay!) * w! + momentum! * next - rate! * dw, velocity: next };
    },
    ['w', 'velocity'],
  ),
  adamUpdate: update(
    adamHyper,
    (state, dw, hyper) => {
      const { m, v } = moments(state, dw, hyper);
      const step = (hyper['rate']! * m) / (Math.sqrt(v) + hyper['epsilon']!);
      return { w: (1 - hyper['decay']!) * state['w']! - step, m, v };
    },
    ['w', 'm', 'v'],
  ),
  amsgradUpdate: update(
    adamHyper,
    (state, dw, hyper) => {
      const { m, v } = moments(state, dw, hyper);
      const largest = Math.max(v, state['largest']!);
      const step = (hyper['rate']! * m) / (Math.sqrt(largest) + hyper['epsilon']!);
      return { w: (1 - hyper['decay']!) * state['w']! - step, m, v, largest };
    },
    ['w', 'm', 'v', 'largest'],
  ),
  nadamUpdate: update(
    { rateOfMean: rate, rateOfGradient: rate, correction, gain1: share, gain2: share, epsilon: smallNumber, decay },
    (state, dw, hyper) => {
      const { m, v } = moments(state, dw, hyper);
      const direction = hyper['rateOfMean']! * m + hyper['rateOfGradient']! * dw;
      const step = direction / (Math.sqrt(v * hyper['correction']!) + hyper['epsilon']!);
      return { w: (1 - hyper['decay']!) * state['w']! - step, m, v };
    },
    ['w', 'm', 'v'],
  ),
  adamaxUpdate: update(
    { rate, gain1: share, beta2: share, epsilon: smallNumber, decay },
    (state, dw, { rate, gain1, beta2, epsilon, decay }) => {
      const m = (1 - gain1!) * state['m']! + gain1! * dw;
      const norm = Math.max(beta2! * state['norm']!, Math.abs(dw));
      return { w: (1 - decay!) * state['w']! - (rate! * m) / (norm + epsilon!), m, norm };
    },
    ['w', 'm', 'norm'],
  ),
  rmspropUpdate: update(rmspropHyper, (state, dw, hyper) => rmspropStep(state, dw, hyper, false), ['w', 'v']),
  rmspropMomentumUpdate: update(
    { ...rmspropHyper, momentum: share },
    (state, dw, hyper) => rmspropStep(state, dw, hyper, false),
    ['w', 'v', 'step'],
  ),
  centeredRmspropUpdate: update(
    rmspropHyper,
    (state, dw, hyper) => rmspropStep(state, dw, hyper, true),
    ['w', 'v', 'mean'],
    spread,
  ),
  centeredRmspropMomentumUpdate: update(
    { ...rmspropHyper, momentum: share },
    (state, dw, hyper) => rmspropStep(state, dw, hyper, true),
    ['w', 'v', 'mean', 'step'],
    spread,
  ),
  adagradUpdate: update(
    { rate, epsilon: smallNumber, decay },
    (state, dw, { rate, epsilon, decay }) => {
      const v = state['v']! + dw ** 2;
      return { w: (1 - decay!) * state['w']! - (rate! * dw) / Math.sqrt(v + epsilon!), v };
    },
    ['w', 'v'],
  ),
  adadeltaUpdate: update(
    { rate, rho: share, gain: share, epsilon: smallNumber, decay },
    (state, dw, { rate, rho, gain, epsilon, decay }) => {
      const v = rho! * state['v']! + gain! * dw ** 2;
      const move = dw * Math.sqrt((state['moved']! + epsilon!) / (v + epsilon!));
      const moved = rho! * state['moved']! + gain! * move ** 2;
      return { w: (1 - decay!) * state['w']! - rate! * move, v, moved };
    },
    ['w', 'v', 'moved'],
  ),
  ftrlUpdate: update(ftrlHyper, ftrlStep, ['w', 'v', 'linear'], { v: [0.1, 1] }),
  ftrlPowerUpdate: update({ ...ftrlHyper, exponent: fc.constantFrom(0.5, 0.25, 0.8) }, ftrlStep, ['w', 'v', 'linear'], {
    v: [0.1, 1],
  }),
  lionUpdate: update(
    { rate, beta1: share, gain1: share, beta2: share, gain2: share, decay },
    (state, dw, { rate, beta1, gain1, beta2, gain2, decay }) => {
      const direction = Math.sign(beta1! * state['m']! + gain1! * dw);
      return { w: (1 - decay!) * state['w']! - rate! * direction, m: beta2! * state['m']! + gain2! * dw };
    },
    ['w', 'm'],
  ),
  adamDirectionUpdate: update(
    { correction1: correction, correction2: correction, gain1: share, gain2: share, epsilon: smallNumber },
    (state, dw, hyper) => {
      const { m, v } = moments(state, dw, hyper);
      const u = (m * hyper['correction1']!) / (Math.sqrt(v * hyper['correction2']!) + hyper['epsilon']!);
      return { u, m, v };
    },
    ['u', 'm', 'v'],
  ),
};
