import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import { checkedGradientStage, type GradientStageOptions, gradientStageOptions } from './gradient-options.ts';
import { type Hyperparameter, Hyperparameters, type Rule, rules } from './hyperparameters.ts';
import type { Optimizer } from './optimizer.ts';
import { checkedPatterns, isMatched, type PathPattern, savedPatterns } from './weight-decay.ts';

/** The options of every optimizer. Names and meaning are Keras's. */
export interface OptimizerOptions extends GradientStageOptions {
  /** A number, or a schedule such as `cosineDecay({ ... })`. */
  readonly learningRate?: Hyperparameter;
  /** Before each step a parameter becomes smaller by weightDecay x learningRate of itself; 0 if left out. */
  readonly weightDecay?: Hyperparameter;
  /** Parameters that weight decay leaves alone, such as `['bias', /norm/]`; none if left out. */
  readonly excludeFromWeightDecay?: readonly PathPattern[];
}

/** An optimizer whose hyper-parameters N can be read and set between steps. */
export type Adjustable<N extends string> = Optimizer & {
  readonly className: string;
} & { [name in N | 'weightDecay']: number };

type Common = 'learningRate' | 'weightDecay';

interface Definition<N extends string> extends Pick<Optimizer, 'slots' | 'hyper' | 'update'> {
  /** The name of the factory. */
  readonly name: string;
  readonly className: string;
  /** As they were given, or their defaults. */
  readonly options: OptimizerOptions & { readonly learningRate: Hyperparameter };
  /** What may change between steps, with its rule. */
  readonly hyperparameters: { readonly [name in N]: readonly [given: Hyperparameter, rule: Rule] };
  /** If the rule for the rate is another one than that of most. */
  readonly rateRule?: Rule;
  /** Options that stay as they are, checked. */
  readonly constants?: { readonly [option: string]: Json };
  /** What `hyper` names, from the hyper-parameters of a step, for change 1, 2, 3, ... of the parameters. */
  numbers(
    values: { readonly [name in NoInfer<N> | Common]: number },
    change: number,
  ): { readonly [name: string]: number };
}

/** An optimizer of its definition. Throws OptionError for an option out of range. */
export function makeOptimizer<N extends string>(definition: Definition<N>): Adjustable<N> {
  const { name, className, options, slots, hyper, update, constants = {} } = definition;
  const [table, given] = tableOf(definition);
  const values = new Hyperparameters<N | Common>(name, table, given);
  const gradientStage = checkedGradientStage(name, options);
  const patterns = checkedPatterns(name, 'excludeFromWeightDecay', options.excludeFromWeightDecay ?? []);
  const optimizer: Omit<Optimizer, 'learningRate'> & { steps: number } = {
    name,
    className,
    steps: 0,
    gradientStage,
    slots,
    hyper,
    update,
    get config() {
      const excluded = { excludeFromWeightDecay: savedPatterns(patterns) };
      return { ...values.config, ...constants, ...excluded, ...gradientStage };
    },
    get schedules() {
      return values.schedules;
    },
    hyperparameters: (change, { trained, decays }) => definition.numbers(values.allAt(trained, decays), change),
    getState: () => values.state,
    setState: state => values.restore(state),
    ...(patterns.length === 0 ? {} : { decays: (parameter: string) => !isMatched(parameter, patterns) }),
  };
  for (const each of values.names) {
    Object.defineProperty(optimizer, each, {
      enumerable: true,
      get: () => values.at(each, optimizer.steps),
      set: next => values.set(each, next),
    });
  }
  return optimizer as Adjustable<N>;
}

/** The rules and the values of all hyper-parameters by name. */
function tableOf<N extends string>({ options, hyperparameters, rateRule = rules.rate }: Definition<N>) {
  const own = Object.entries(hyperparameters) as [N, readonly [Hyperparameter, Rule]][];
  const table = { learningRate: rateRule, ...Object.fromEntries(own.map(([name, [, rule]]) => [name, rule])) };
  const given = {
    learningRate: options.learningRate,
    ...Object.fromEntries(own.map(([name, [value]]) => [name, value])),
  };
  return [
    { ...table, weightDecay: rules.weightDecay } as { [name in N | Common]: Rule },
    { ...given, weightDecay: options.weightDecay ?? 0 } as { [name in N | Common]: Hyperparameter },
  ] as const;
}

const common = ['learningRate', 'weightDecay', 'excludeFromWeightDecay', ...gradientStageOptions];

/** The options of an optimizer, checked to be an object that holds none but those `known` and those of every optimizer. */
export function checkedOptions<O extends OptimizerOptions>(
  optimizer: string,
  given: O,
  known: readonly (Exclude<keyof O, keyof OptimizerOptions> & string)[],
): O {
  if (!isObject(given)) {
    throw new OptionError(`${optimizer}: expected an object with options, got ${describe(given)}`);
  }
  const names = [...known, ...common];
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) throw unknownName(`option of ${optimizer}`, name, names);
  }
  return given;
}

export function checkedFlag(optimizer: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(`${optimizer}: ${option} must be true or false, got ${describe(value)}`);
}

/** A number that stays as it is. */
export function checkedConstant(optimizer: string, option: string, value: unknown, rule: Rule): number {
  if (typeof value === 'number' && Number.isFinite(value) && rule.holds(value)) return value;
  throw new OptionError(`${optimizer}: ${option} must be ${rule.words}, got ${describe(value)}`);
}
