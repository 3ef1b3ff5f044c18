import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { EinsumAxes, EinsumOutput } from '../shape/einsum-rules.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type ActivationLike, activationJson, checkedActivation } from './activation-option.ts';
import { axesFor, type Equation, einsum, parsedEquation } from './einsum.ts';
import { common, type Declared, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, positiveInteger } from './options.ts';
import {
  type ActivityOptions,
  activitySettings,
  type ParameterOptions,
  parameterOptionNames,
  parameterSettings,
  saved,
} from './parameter-options.ts';

export interface EinsumDenseOptions<
  E extends string = string,
  O extends EinsumAxes = EinsumAxes,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I>,
    ParameterOptions<'kernel'>,
    ParameterOptions<'bias'>,
    ActivityOptions {
  /**
   * A letter for each axis: those of the input, of the kernel and of the output, such as `abc,cd->abd`. The first one is the
   * batch. `...a,ab->...b` and `ab...,bc->ac...` take inputs of any number of axes.
   */
  readonly equation: E;
  /** The axes of one output that the equation names, without the batch; null for one that the input has. */
  readonly outputShape: O;
  /** linear if left out. */
  readonly activation?: ActivationLike;
  /** The axes of the output, such as `d`, along which a bias is added; none, also null, if left out. */
  readonly biasAxes?: string | null;
}

/** A product of the input and a kernel along axes that an equation names. */
export interface EinsumDense<E extends string, O extends EinsumAxes, I extends Shape | undefined = undefined>
  extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: EinsumOutput<this['~in'], E, O>;
}

const optionNames = [
  ...['equation', 'outputShape', 'activation', 'biasAxes'],
  ...[...parameterOptionNames('kernel'), ...parameterOptionNames('bias'), 'activityRegularizer'],
];

/**
 * The product of the input and a kernel, summed over the axes that the output does not have (Einstein's convention), as
 * `dense` along axes of one's choice. Parameters: `kernel`, of the axes that the equation gives it, at first glorotUniform,
 * and `bias` where there are biasAxes, at first zeros. Throws OptionError for an equation that is none, ShapeError for
 * inputs that do not go with it.
 */
export function einsumDense<
  const E extends string,
  const O extends EinsumAxes,
  const I extends Shape | undefined = undefined,
>(given: EinsumDenseOptions<E, O, I>): EinsumDense<E, O, I>;
export function einsumDense<const I extends Shape | undefined>(
  given: EinsumDenseOptions<string, EinsumAxes, I>,
): Declared<I> {
  const layer = 'einsumDense';
  const options = checkedOptions<EinsumDenseOptions<string, EinsumAxes, I>>(layer, given, optionNames);
  const equation = parsedEquation(layer, options.equation);
  const outputShape = checkedAxes(layer, equation, options.outputShape);
  const biasAxes = checkedBiasAxes(layer, equation, options.biasAxes ?? null);
  const activation = checkedActivation(options.activation ?? 'linear');
  const kernelSettings = parameterSettings('kernel', options, 'glorotUniform');
  const biasSettings = parameterSettings('bias', options, 'zeros');
  const activity = activitySettings(options);
  return {
    className: 'EinsumDense',
    ...common(options),
    ...activity.member,
    ...saved({
      equation: equation.text,
      outputShape,
      activation: activationJson(activation),
      biasAxes,
      ...kernelSettings.config,
      ...biasSettings.config,
      ...activity.config,
    }),
    outputShape(input) {
      const sizes = sizesOf(equation, outputShape, input);
      return axesFor(equation, input).output.map(axis => sizes.get(axis)!);
    },
    parameters(input) {
      const sizes = sizesOf(equation, outputShape, input);
      const kernel = kernelSettings.spec(
        'kernel',
        equation.kernel.map(axis => sizes.get(axis)!),
      );
      if (biasAxes === null) return [kernel];
      return [kernel, biasSettings.spec('bias', biasShape(equation, biasAxes, input, sizes))];
    },
    forward(ops, x, { kernel, bias }) {
      const axes = axesFor(equation, x.shape.slice(1));
      const left = { value: x, axes: ['batch', ...axes.input] };
      const y = einsum(ops, left, { value: kernel!, axes: equation.kernel }, ['batch', ...axes.output]);
      return activation.activate(ops, bias === undefined ? y : ops.add(y, bias));
    },
  };
}

/** The size of each axis. Throws ShapeError where the input has another than the output is given. */
function sizesOf(equation: Equation, outputShape: readonly (number | null)[], input: Shape): Map<string, number> {
  const axes = axesFor(equation, input);
  const sizes = new Map(axes.input.map((axis, i) => [axis, input[i]!]));
  for (const [i, axis] of axes.own.entries()) {
    const [given, known] = [outputShape[i] ?? null, sizes.get(axis)];
    if (given === null && known === undefined) {
      throw new ShapeError(
        `einsumDense: axis ${axis} of the output is null in outputShape, but the input does not have it`,
      );
    }
    if (given !== null && known !== undefined && given !== known) {
      const shapes = `outputShape says ${given} for axis ${axis}, but an input of ${formatShape(input)} has ${known}`;
      throw new ShapeError(`einsumDense: ${shapes}; use null for what the input has`);
    }
    sizes.set(axis, given ?? known!);
  }
  return sizes;
}

/** 1 for the axes of the output that have no bias, from the first that has one on. */
function biasShape(equation: Equation, biasAxes: string, input: Shape, sizes: ReadonlyMap<string, number>): Shape {
  const { own, elided } = axesFor(equation, input);
  const first = own.findIndex(axis => biasAxes.includes(axis));
  const shape = own.slice(first).map(axis => (biasAxes.includes(axis) ? sizes.get(axis)! : 1));
  return equation.ellipsis === 'right' ? [...shape, ...elided.map(() => 1)] : shape;
}

function checkedAxes(layer: string, { output, ellipsis }: Equation, given: EinsumAxes): readonly (number | null)[] {
  const axes: readonly (number | null)[] = Array.isArray(given) ? given : [given as number | null];
  const count = ellipsis === 'left' ? output.length : output.length - 1;
  if (axes.length !== count) {
    const letters = ellipsis === 'left' ? output : output.slice(1);
    throw new OptionError(
      `${layer}: outputShape must have a size or null for each of the axes ${letters.join(', ')}, got ${describe(given)}`,
    );
  }
  return axes.map(size => (size === null ? null : positiveInteger(layer, 'outputShape', size)));
}

function checkedBiasAxes(layer: string, { output, ellipsis }: Equation, given: string | null): string | null {
  if (given === null) return null;
  const letters = ellipsis === 'left' ? output : output.slice(1);
  if (typeof given === 'string' && given !== '' && [...given].every(axis => letters.includes(axis))) return given;
  throw new OptionError(`${layer}: biasAxes must be some of the axes ${letters.join(', ')}, got ${describe(given)}`);
}
