import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { finiteNumber } from '../layers/options.ts';
import { classesOf } from '../losses/loss.ts';
import { lossOf } from '../losses/registry.ts';
import { checkMetricNames, checkMetricTargets, metricsOf } from '../metrics/registry.ts';
import { optimizerOf } from '../optimizers/registry.ts';
import type { Shape } from '../shape/shape.ts';
import type { CompileOptions } from './options.ts';
import type { Compiled } from './program.ts';

let compilations = 0;

/** What `compile` settles for a model with this output. Throws OptionError or ShapeError for what does not fit together. */
export function compiledFrom(options: CompileOptions, outputShape: Shape): Compiled {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`compile: expected { optimizer, loss }, got ${describe(options)}`);
  }
  const { optimizer, loss, lossWeights = 1, metrics = [], weightedMetrics = [] } = options;
  const compiled = {
    id: compilations++,
    optimizer: optimizerOf(optimizer),
    loss: lossOf(loss),
    lossWeight: finiteNumber('compile', 'lossWeights', lossWeights),
    metrics: metricsOf('metrics', metrics),
    weightedMetrics: metricsOf('weightedMetrics', weightedMetrics),
  };
  const all = [...compiled.metrics, ...compiled.weightedMetrics];
  checkMetricNames(all);
  checkMetricTargets(all, compiled.loss);
  if (compiled.loss.targets === 'classes') classesOf(compiled.loss, outputShape);
  return compiled;
}
