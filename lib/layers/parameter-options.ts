/**
 * The options that every layer takes for each of its parameters: for `kernel` they are `kernelInitializer`,
 * `kernelRegularizer` and `kernelConstraint`.
 */
import { configJson } from '../configured.ts';
import { type ConstraintLike, constraint } from '../constraints/constraints.ts';
import { type InitializerLike, initializer } from '../initializers/initializers.ts';
import type { Json } from '../json.ts';
import { type Regularizer, type RegularizerLike, regularizer } from '../regularizers/regularizers.ts';
import type { Shape } from '../shape/shape.ts';
import type { LayerOptionValues, ParameterSpec } from './layer.ts';

/** For an interface of options: `extends LayerOptions<I>, ParameterOptions<'kernel'>, ParameterOptions<'bias'>`. */
export type ParameterOptions<N extends string> = {
  /** What its first values are; the docstring of the layer names the default. */
  readonly [Option in `${N}Initializer`]?: InitializerLike;
} & {
  /** A penalty for it, which is part of the loss; none if left out or null. */
  readonly [Option in `${N}Regularizer`]?: RegularizerLike;
} & {
  /** What becomes of it behind each training step; none if left out or null. */
  readonly [Option in `${N}Constraint`]?: ConstraintLike;
};

/** The names of these options, for `checkedOptions`. */
export const parameterOptionNames = (parameter: string): readonly string[] =>
  ['Initializer', 'Regularizer', 'Constraint'].map(option => parameter + option);

/** What a layer makes of the options for one parameter. */
export interface ParameterSettings {
  /** Their part of the layer's `config`, for `saved`. */
  readonly config: OptionJson;
  /** The parameter for a shape. */
  spec(name: string, shape: Shape): ParameterSpec;
}

/** Options as JSON, undefined where one is nothing that could be saved. */
export interface OptionJson {
  readonly [option: string]: Json | undefined;
}

/**
 * The options of a parameter, checked; `first` is the initializer if none is given. Throws OptionError for what is none.
 */
export function parameterSettings(parameter: string, options: object, first: InitializerLike): ParameterSettings {
  const names = parameterOptionNames(parameter);
  const [initializerName, regularizerName, constraintName] = names as [string, string, string];
  // The names are known only here; what stands under them is checked like what plain JavaScript gives.
  const given = options as { readonly [option: string]: unknown };
  const used = {
    initializer: initializer((given[initializerName] ?? first) as InitializerLike),
    regularizer: regularizer((given[regularizerName] ?? null) as RegularizerLike),
    constraint: constraint((given[constraintName] ?? null) as ConstraintLike),
  };
  const config = {
    [initializerName]: configJson(used.initializer),
    [regularizerName]: used.regularizer === undefined ? null : configJson(used.regularizer),
    [constraintName]: used.constraint === undefined ? null : configJson(used.constraint),
  };
  return {
    config,
    spec: (name, shape) => ({
      name,
      shape,
      initializer: used.initializer,
      ...(used.regularizer === undefined ? {} : { regularizer: used.regularizer }),
      ...(used.constraint === undefined ? {} : { constraint: used.constraint }),
    }),
  };
}

/** The option of layers whose output is penalized; its name is `activityRegularizer`. */
export interface ActivityOptions {
  /** A penalty for the outputs of the layer, divided by the size of the batch; none if left out or null. */
  readonly activityRegularizer?: RegularizerLike;
}

/** The member of a layer, and the part of its config, that the option gives. Throws OptionError. */
export function activitySettings({ activityRegularizer = null }: ActivityOptions): {
  readonly member: { readonly activityRegularizer?: Regularizer };
  readonly config: OptionJson;
} {
  const used = regularizer(activityRegularizer);
  if (used === undefined) return { member: {}, config: { activityRegularizer: null } };
  return { member: { activityRegularizer: used }, config: { activityRegularizer: configJson(used) } };
}

/** The member `config` of a layer: left out where an option, such as a function, cannot be saved. */
export function saved(options: OptionJson): { readonly config?: LayerOptionValues } {
  const isWhole = (given: OptionJson): given is LayerOptionValues => !Object.values(given).includes(undefined);
  return isWhole(options) ? { config: options } : {};
}
