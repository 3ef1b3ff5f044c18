import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { flag } from '../../layers/options.ts';
import { checkedSeed } from '../../random/random.ts';
import { sentence } from '../../shape/sentences.ts';
import { inOrder } from '../examples.ts';
import { Block } from './block.ts';
import { picked } from './indexed.ts';
import { checkedNames } from './options.ts';
import { classesOfTargets, type PartOptions, splitPlaces } from './parts.ts';
import { firstPass, type IndexedStage, type Stage } from './stage.ts';

/** The two parts of `split`. */
export function splitStage(stage: Stage, share: number, options: PartOptions): [IndexedStage, IndexedStage] {
  const whole = divisible('split', stage);
  if (!(share > 0 && share < 1)) {
    throw new OptionError(`split: the share must be greater than 0 and less than 1, got ${describe(share)}`);
  }
  const { seed, classes } = checkedParts('split', whole, options);
  const [first, rest] = splitPlaces(whole.count, share, seed, classes);
  return [picked(whole, first), picked(whole, rest)];
}

/** The stage, if examples can be picked out of it for good. Throws OptionError. */
export function divisible(method: string, stage: Stage): IndexedStage {
  if (stage.batched) throw new OptionError(sentence('partsOfBatches', { method }));
  if (stage.kind === 'stream') {
    throw new OptionError(`${method}: the examples of a stream are not known beforehand; await collect() first`);
  }
  if (stage.repeats)
    throw new OptionError(`${method}: an example would be in several parts; ${method} before repeat()`);
  if (!stage.isFixed) {
    throw new OptionError(`${method}: the order changes from pass to pass behind shuffle(); ${method} before it`);
  }
  return stage;
}

export function checkedParts(
  method: string,
  stage: IndexedStage,
  options: PartOptions,
): { seed: number; classes: ArrayLike<number> | undefined } {
  const { stratify = false, seed = 0 } = checkedNames(method, options, ['stratify', 'seed']);
  checkedSeed(method, seed);
  if (!flag(method, 'stratify', stratify)) return { seed, classes: undefined };
  const block = stage.open(firstPass)(inOrder(stage.count));
  if (block instanceof Block) return { seed, classes: classesOfTargets(method, block.targets) };
  throw new OptionError(
    `${method}: stratify needs targets in memory; ${method} before map(), or await collect() first`,
  );
}
