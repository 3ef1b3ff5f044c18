import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** What every optimizer does with gradients before its step, and with weights after it. Names and meaning are Keras's. */
export interface GradientStageOptions {
  /** Each number of a gradient is kept within -clipValue ... clipValue. Excludes the other two ways to clip. */
  readonly clipValue?: number;
  /** The gradient of each parameter is scaled down to this Euclidean norm where it is longer. */
  readonly clipNorm?: number;
  /** All gradients together are scaled down to this Euclidean norm where they are longer. */
  readonly globalClipNorm?: number;
  /**
   * Parameters change every so many batches, by the mean of the gradients of these batches; at least 2. Schedules follow
   * the batches, as in Keras.
   */
  readonly gradientAccumulationSteps?: number;
  /** Whether a moving average of each parameter is kept. At the end of `fit` the parameters become their averages. */
  readonly useEma?: boolean;
  /** average = emaMomentum average + (1 - emaMomentum) parameter, after each batch; 0.99 if left out. */
  readonly emaMomentum?: number;
  /** The parameters become their averages after every so many changes; never before the end of `fit` if left out. */
  readonly emaOverwriteFrequency?: number;
}

export const gradientStageOptions = [
  'clipValue',
  'clipNorm',
  'globalClipNorm',
  'gradientAccumulationSteps',
  'useEma',
  'emaMomentum',
  'emaOverwriteFrequency',
] as const satisfies readonly (keyof GradientStageOptions)[];

/** The options that are given, checked; `emaMomentum` filled in. Throws OptionError. */
export function checkedGradientStage(optimizer: string, options: GradientStageOptions): GradientStageOptions {
  const { clipValue, clipNorm, globalClipNorm, gradientAccumulationSteps, useEma, emaOverwriteFrequency } = options;
  const clips = Object.entries({ clipValue, clipNorm, globalClipNorm }).filter(([, value]) => value !== undefined);
  for (const [name, value] of clips) {
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) continue;
    throw new OptionError(`${optimizer}: ${name} must be a finite number above 0, got ${describe(value)}`);
  }
  if (clips.length > 1) {
    const names = clips.map(([name]) => name).join(' and ');
    throw new OptionError(`${optimizer}: ${names} exclude each other; give one`);
  }
  whole(optimizer, 'gradientAccumulationSteps', gradientAccumulationSteps, 2);
  whole(optimizer, 'emaOverwriteFrequency', emaOverwriteFrequency, 1);
  const emaMomentum = options.emaMomentum ?? 0.99;
  if (!(emaMomentum >= 0 && emaMomentum <= 1)) {
    const got = describe(options.emaMomentum);
    throw new OptionError(`${optimizer}: emaMomentum must be at least 0 and at most 1, got ${got}`);
  }
  if (useEma !== true && (options.emaMomentum !== undefined || emaOverwriteFrequency !== undefined)) {
    throw new OptionError(`${optimizer}: emaMomentum and emaOverwriteFrequency need useEma: true`);
  }
  return {
    ...Object.fromEntries(clips),
    ...(gradientAccumulationSteps === undefined ? {} : { gradientAccumulationSteps }),
    ...(useEma === true ? { useEma, emaMomentum } : {}),
    ...(emaOverwriteFrequency === undefined ? {} : { emaOverwriteFrequency }),
  };
}

function whole(optimizer: string, option: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  throw new OptionError(`${optimizer}: ${option} must be an integer of ${least} or more, got ${describe(value)}`);
}
