/** What a dataset feeds a model with. */
import { DataError, ShapeError } from '../../errors.ts';
import { sentence } from '../../shape/sentences.ts';
import type { Shape } from '../../shape/shape.ts';
import { type FeedSource, feedOf } from '../batches.ts';
import { checkInputShape, checkTargetShape, type Examples, inOrder, type LossTargets } from '../examples.ts';
import type { Columns } from './block.ts';
import type { Dataset } from './dataset.ts';
import type { ColumnSpec, ExampleSpec, Stage } from './stage.ts';

/** What the examples have to fit. Without an output, they need no targets. */
export interface Fitting {
  readonly inputShape: Shape;
  readonly output?: { readonly shape: Shape; readonly loss: LossTargets };
}

/**
 * The feeds of a dataset, checked as far as it is known: its shapes at once, tensors in memory as a whole, as they are when
 * they are given without a dataset, and other batches when they come. `check` throws for examples that do not fit; its
 * messages begin with `prefix`.
 */
export function datasetFeeds(
  what: string,
  dataset: Dataset,
  fitting: Fitting,
  check: (prefix: string, columns: Columns) => Examples,
): FeedSource {
  const stage = dataset['~stage'];
  if (stage.count === 0) throw new DataError(`${what}: the dataset is empty`);
  if (stage.spec !== undefined) checkSpec(what, stage.spec, fitting);
  const checked = new Map<Columns, Examples>();
  if (stage.kind === 'indexed') for (const columns of stage.memories) checked.set(columns, check(what, columns));
  return {
    ...factsOf(stage),
    async *feeds(start) {
      let count = start.from;
      for await (const block of dataset['~batches'](start)) {
        const whole = checked.get(block.whole);
        const examples = whole ?? check(`${what}: dataset`, block.columns);
        const rows = whole === undefined ? inOrder(block.count) : block.rows;
        yield feedOf(examples, rows, 0, block.count);
        count++;
      }
      if (count > 0) return;
      const way = 'an iterator runs once, so pass a function that makes one for each epoch';
      throw new DataError(`${what}: the dataset gave no batch in epoch ${start.epoch}: ${way}`);
    },
  };
}

/** What is known of the feeds of a stage. */
function factsOf({ batched, batchSize, count, examples }: Stage): Omit<FeedSource, 'feeds'> {
  const isEndless = count === Number.POSITIVE_INFINITY;
  return {
    ...(examples !== undefined && !isEndless && { examples }),
    ...(batchSize !== undefined && { batchSize }),
    ...(count !== undefined && (batched || isEndless) && { steps: count }),
  };
}

/** Throws ShapeError for examples that cannot fit, before any of them is looked at. */
function checkSpec(what: string, { x, targets }: ExampleSpec, { inputShape, output }: Fitting): void {
  checkInputShape(what, withCount(x), inputShape);
  if (output === undefined) return;
  if (targets === undefined) throw new ShapeError(sentence('noTargets', { method: what }));
  checkTargetShape(what, withCount(targets), output.loss, output.shape);
}

const withCount = ({ shape }: ColumnSpec): readonly ['N', ...Shape] => ['N', ...shape];
