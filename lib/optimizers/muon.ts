import { hyperNames } from '../../kernels/generated/contract.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { adamNumbers } from './adam.ts';
import { type Hyperparameter, type Rule, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedConstant,
  checkedFlag,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';
import { checkedPatterns, isMatched, type PathPattern, savedPatterns } from './weight-decay.ts';

export interface MuonOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Of the matrices; 0.004 if left out. */
  readonly weightDecay?: Hyperparameter;
  /** Of the other parameters; 0.004 if left out. */
  readonly adamWeightDecay?: Hyperparameter;
  /** Of AdamW; 0.9 if left out. */
  readonly adamBeta1?: Hyperparameter;
  /** Of AdamW; 0.999 if left out. */
  readonly adamBeta2?: Hyperparameter;
  /** Of AdamW; 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
  /** The rate of AdamW over that of the matrices; 1 if left out. */
  readonly adamLrRatio?: Hyperparameter;
  /** Of the matrices; 0.95 if left out. */
  readonly momentum?: Hyperparameter;
  /** Whether the gradient is added to the momentum once more; true if left out. */
  readonly nesterov?: boolean;
  /** Matrices that AdamW changes besides, by their paths: `['dense_2']` for the output's; none if left out. */
  readonly excludeLayers?: readonly PathPattern[];
  /** Whether AdamW changes matrices with "embedding" in their paths; true if left out. */
  readonly excludeEmbeddings?: boolean;
  /** The polynomial of an iteration is muonA x + muonB x^3 + muonC x^5; 3.4445 if left out. */
  readonly muonA?: number;
  /** -4.775 if left out. */
  readonly muonB?: number;
  /** 2.0315 if left out. */
  readonly muonC?: number;
  /** Newton-Schulz iterations; 5 if left out. */
  readonly nsSteps?: number;
  /** Steps of an m x n matrix are rmsRate sqrt(max(m, n)) as long, or 1 where it is null; 0.2 if left out. */
  readonly rmsRate?: number | null;
}

export type Muon = Adjustable<'adamWeightDecay' | 'adamBeta1' | 'adamBeta2' | 'epsilon' | 'adamLrRatio' | 'momentum'>;

const own = [
  'adamWeightDecay',
  'adamBeta1',
  'adamBeta2',
  'epsilon',
  'adamLrRatio',
  'momentum',
  'nesterov',
  'excludeLayers',
  'excludeEmbeddings',
  'muonA',
  'muonB',
  'muonC',
  'nsSteps',
  'rmsRate',
] as const;

const hyper = [...hyperNames.adamUpdate, 'muonRate', 'muonDecay', 'momentum'] as const;

/**
 * Muon (Jordan et al. 2024, with the length of steps of Liu et al. 2025, section 2.2): steps of matrices are momentum
 * made orthogonal. As in Keras only parameters of two axes are matrices; all others, kernels of convolutions among
 * them, and what is excluded take steps of AdamW. Throws OptionError for an option out of range.
 */
export function muon(options: MuonOptions = {}): Muon {
  const given = checkedOptions<MuonOptions>('muon', options, own);
  const { learningRate = 0.001, weightDecay = 0.004, adamWeightDecay = 0.004 } = given;
  const { adamBeta1 = 0.9, adamBeta2 = 0.999, epsilon = 1e-7, adamLrRatio = 1, momentum = 0.95 } = given;
  const { isMatrix, ...constants } = checkedConstants(given);
  return makeOptimizer({
    name: 'muon',
    className: 'Muon',
    options: { ...given, learningRate, weightDecay },
    hyperparameters: {
      adamWeightDecay: [adamWeightDecay, rules.weightDecay],
      adamBeta1: [adamBeta1, rules.share],
      adamBeta2: [adamBeta2, rules.share],
      epsilon: [epsilon, rules.rate],
      adamLrRatio: [adamLrRatio, rules.rate],
      momentum: [momentum, rules.share],
    },
    constants,
    slots: ({ name, shape }) => (isMatrix(name, shape) ? { m: 0 } : { m: 0, v: 0 }),
    hyper,
    numbers(
      { learningRate, weightDecay, adamWeightDecay, adamBeta1, adamBeta2, epsilon, adamLrRatio, momentum },
      change,
    ) {
      const adam = { learningRate, weightDecay: 0, beta1: adamBeta1, beta2: adamBeta2, epsilon };
      const numbers = adamNumbers({ ...adam, learningRate: learningRate * adamLrRatio }, change);
      const muon = { muonRate: learningRate, muonDecay: learningRate * weightDecay, momentum };
      // As in Keras, the decay of AdamW goes by the rate of the matrices.
      return { ...numbers, decay: learningRate * adamWeightDecay, ...muon };
    },
    update(ops, { w, dw, slots: { m, v }, hyper: numbers }) {
      const geometry = { size: sizeOf(w.shape) };
      if (v !== undefined) ops.graph.emitUpdate('adamUpdate', { w, m: m!, v }, { dw, hyper: numbers }, geometry);
      else orthogonalStep(ops, { w, dw, m: m!, numbers }, constants);
    },
  });
}

interface Constants {
  readonly nesterov: boolean;
  readonly muonA: number;
  readonly muonB: number;
  readonly muonC: number;
  readonly nsSteps: number;
  readonly rmsRate: number | null;
}

function checkedConstants(given: MuonOptions) {
  const number = (option: keyof MuonOptions, value: number, rule: Rule = rules.finite) =>
    checkedConstant('muon', option, value, rule);
  const flag = (option: 'nesterov' | 'excludeEmbeddings') => checkedFlag('muon', option, given[option] ?? true);
  const layers = checkedPatterns('muon', 'excludeLayers', given.excludeLayers ?? []);
  const nsSteps = given.nsSteps ?? 5;
  if (!Number.isInteger(nsSteps) || nsSteps < 1) {
    throw new OptionError(`muon: nsSteps must be an integer of 1 or more, got ${describe(nsSteps)}`);
  }
  const excludeEmbeddings = flag('excludeEmbeddings');
  const { rmsRate = 0.2 } = given;
  return {
    nesterov: flag('nesterov'),
    excludeLayers: savedPatterns(layers),
    excludeEmbeddings,
    muonA: number('muonA', given.muonA ?? 3.4445),
    muonB: number('muonB', given.muonB ?? -4.775),
    muonC: number('muonC', given.muonC ?? 2.0315),
    nsSteps,
    rmsRate: rmsRate === null ? null : number('rmsRate', rmsRate, rules.positive),
    isMatrix: (path: string, shape: Shape): boolean => {
      if (shape.length !== 2 || isMatched(path, layers)) return false;
      return !(excludeEmbeddings && path.toLowerCase().includes('embedding'));
    },
  };
}

interface MatrixOperands {
  readonly w: Value;
  readonly dw: Value;
  readonly m: Value;
  readonly numbers: Value;
}

function orthogonalStep(ops: Ops, { w, dw, m, numbers }: MatrixOperands, constants: Constants): void {
  const number = (name: (typeof hyper)[number]) => ops.slice(numbers, [hyper.indexOf(name)], [1]);
  const momentum = number('momentum');
  const next = ops.add(ops.multiply(momentum, m), dw);
  ops.assign(m, next);
  const direction = constants.nesterov ? ops.add(ops.multiply(momentum, next), dw) : next;
  const step = orthogonal(ops, direction, constants);
  const { rmsRate } = constants;
  const length = rmsRate === null ? 1 : rmsRate * Math.sqrt(Math.max(...w.shape));
  const scaled = ops.concat([ops.multiply(number('muonRate'), length), number('muonDecay')]);
  ops.graph.emitUpdate('sgdUpdate', { w }, { dw: step, hyper: scaled }, { size: sizeOf(w.shape) });
}

/** A matrix with singular values near 1: iterations of a polynomial, over the shorter side. */
function orthogonal(ops: Ops, matrix: Value, { muonA, muonB, muonC, nsSteps }: Constants): Value {
  const [rows = 0, columns = 0] = matrix.shape;
  const isTall = rows > columns;
  let x = ops.divide(matrix, ops.add(ops.sqrt(ops.sum(ops.square(matrix))), 1e-7));
  for (let i = 0; i < nsSteps; i++) {
    const square = isTall
      ? ops.matrixProduct(x, x, { transposeA: true })
      : ops.matrixProduct(x, x, { transposeB: true });
    const factor = ops.add(ops.multiply(square, muonB), ops.multiply(ops.matrixProduct(square, square), muonC));
    // The factor is symmetric, so it may stand on either side of the transposed matrix.
    const moved = isTall ? ops.matrixProduct(x, factor) : ops.matrixProduct(factor, x);
    x = ops.add(ops.multiply(x, muonA), moved);
  }
  return x;
}
