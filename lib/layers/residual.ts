import type { Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import { applyAll, asLayer, checkedLayers, checkedPart, partConfig } from './composite.ts';
import type { Part, Through } from './fold.ts';
import { type Join, type JoinOf, joined, jointOf } from './join.ts';
import { common, type Layer, type LayerOptions, type OutputOf } from './layer.ts';
import { checkedOptions } from './options.ts';

export interface ResidualOptions<
  P extends Part = Part,
  J extends Join = Join,
  A extends number = number,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** What the input goes through on its way past the layers: a layer, or a list; nothing if left out. */
  readonly shortcut?: P;
  /** Behind the join; `linear` if left out. */
  readonly activation?: ActivationLike;
  /**
   * How shortcut and layers are joined, the shortcut first: `add` if left out, `concatenate`, `multiply`, `average`,
   * `maximum`, `minimum`, `subtract`, or a merging layer.
   */
  readonly join?: J;
  /** The axis of `concatenate`, counted with the batch as axis 0; -1 if left out. */
  readonly axis?: A;
}

/** Layers with a shortcut past them. */
export interface Residual<
  L extends readonly Layer[],
  P extends Part,
  J extends Join,
  A extends number,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: ResidualOutput<this['~in'], L, P, J, A>;
}

type ResidualOutput<In, L extends readonly Layer[], P extends Part, J extends Join, A extends number> = In extends Shape
  ? Through<L, In, 'layers'> extends infer Main
    ? Main extends Shape
      ? Through<P, In, 'shortcut'> extends infer Side
        ? Side extends Shape
          ? OutputOf<JoinOf<J, A>, [Side, Main]>
          : Side
        : never
      : Main
    : never
  : Shape;

/**
 * The layers, one after the other, and a shortcut past them: activation(join([shortcut(x), layers(x)])). With `add`, the
 * block of residual networks (He et al. 2016); with `concatenate`, that of DenseNet (Huang et al. 2017); with
 * `multiply`, squeeze and excitation (Hu et al. 2018). Throws OptionError for what is no list of layers, and for options
 * that are not known; ShapeError, once it is added to a model, if shortcut and layers do not go together.
 */
export function residual<
  const L extends readonly Layer[],
  const P extends Part = [],
  const J extends Join = 'add',
  const A extends number = -1,
  const I extends Shape | undefined = undefined,
>(layers: L, given: ResidualOptions<P, J, A, I> = {}): Residual<L, P, J, A, I> {
  const known = ['shortcut', 'activation', 'join', 'axis'];
  const options = checkedOptions<ResidualOptions<P, J, A, I>>('residual', given, known);
  const main = checkedLayers('residual: layers', layers);
  const past = checkedPart('residual: shortcut', options.shortcut ?? []);
  const shortcut = Array.isArray(past) && past.length === 0 ? undefined : asLayer('Shortcut', past);
  const activation = checkedActivation(options.activation ?? 'linear');
  const activationConfig = activationJson(activation);
  const joint = jointOf('residual', options.join ?? 'add', options.axis);
  return {
    className: 'Residual',
    ...common(options),
    get config() {
      const [mainConfig, shortcutConfig] = [main, past].map(partConfig);
      if (mainConfig === undefined || shortcutConfig === undefined || joint.config === undefined) return undefined;
      if (activationConfig === undefined) return undefined;
      return { layers: mainConfig, shortcut: shortcutConfig, activation: activationConfig, ...joint.config };
    },
    forward(ops, x) {
      const y = applyAll(ops, main, x);
      const side = shortcut === undefined ? x : ops.apply(shortcut, x);
      return activation.activate(ops, joined(ops, joint, [side, y]));
    },
  };
}
