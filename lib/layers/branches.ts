import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import { asLayer, checkedPart, partConfig } from './composite.ts';
import type { Part, Through } from './fold.ts';
import { type Join, type JoinOf, joined, jointOf } from './join.ts';
import { common, type Layer, type LayerOptions, type OutputOf } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface BranchesOptions<
  J extends Join = Join,
  A extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /**
   * How the branches are joined: `concatenate` if left out, `add`, `multiply`, `average`, `maximum`, `minimum`,
   * `subtract`, or a merging layer.
   */
  readonly join?: J;
  /** The axis of `concatenate`, counted with the batch as axis 0; -1 if left out. */
  readonly axis?: A;
  /** Behind the join; `linear` if left out. */
  readonly activation?: ActivationLike;
}

/** Layers beside each other. */
export interface Branches<
  B extends readonly Part[],
  J extends Join,
  A extends number,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: BranchesOutput<this['~in'], B, J, A>;
}

type BranchesOutput<In, B extends readonly Part[], J extends Join, A extends number> = In extends Shape
  ? number extends B['length']
    ? Shape
    : Outputs<B, In> extends infer O
      ? O extends readonly unknown[]
        ? OutputOf<JoinOf<J, A>, O>
        : O
      : never
  : Shape;

/** The shapes behind all branches, or the sentence of the first fault. */
type Outputs<
  B extends readonly Part[],
  In extends Shape,
  R extends readonly Shape[] = [],
> = R['length'] extends B['length']
  ? R
  : B[R['length']] extends infer P extends Part
    ? Through<P, In, `branches[${R['length']}]`> extends infer O
      ? O extends Shape
        ? Outputs<B, In, [...R, O]>
        : O
      : never
    : never;

/**
 * Branches beside each other, all fed with the same input, and joined: activation(join([first(x), second(x), ...])). Each
 * is a layer, or a list of layers; an empty list passes the input on. Concatenated, they are the block of Inception
 * (Szegedy et al. 2015). Throws OptionError for what are no branches, and for options that are not known; ShapeError,
 * once it is added to a model, if the outputs of the branches do not go together.
 */
export function branches<
  const B extends readonly Part[],
  const J extends Join = 'concatenate',
  const A extends number = -1,
  const I extends Shape | undefined = undefined,
>(given: B, settings: BranchesOptions<J, A, I> = {}): Branches<B, J, A, I> {
  const options = checkedOptions<BranchesOptions<J, A, I>>('branches', settings, ['join', 'axis', 'activation']);
  if (!Array.isArray(given) || given.length === 0) {
    throw new OptionError(`branches: expected a list of layers, or of lists of layers, got ${describe(given)}`);
  }
  const parts = given.map((part, i) => checkedPart(`branches[${i}]`, part));
  const beside = parts.map(part => (Array.isArray(part) && part.length === 0 ? undefined : asLayer('Branch', part)));
  const activation = checkedActivation(options.activation ?? 'linear');
  const activationConfig = activationJson(activation);
  const joint = jointOf('branches', options.join ?? 'concatenate', options.axis);
  return {
    className: 'Branches',
    ...common(options),
    get config() {
      const configs = parts.map(partConfig);
      if (!configs.every(config => config !== undefined) || joint.config === undefined) return undefined;
      if (activationConfig === undefined) return undefined;
      return { branches: configs, ...joint.config, activation: activationConfig };
    },
    forward(ops, x) {
      const outputs = beside.map(branch => (branch === undefined ? x : ops.apply(branch, x)));
      return activation.activate(ops, joined(ops, joint, outputs));
    },
  };
}
