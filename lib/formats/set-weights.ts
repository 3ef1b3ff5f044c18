import { parametersOf } from '../model/layer-node.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Tensor } from '../tensor/index.ts';

const mostNames = 5;

/** Gives a model the weights of a file. Those that are NaN are taken over, and counted by a warning on the console. */
export async function setWeights(
  model: Sequential,
  weights: readonly Tensor[],
  file = `model "${model.name}"`,
): Promise<void> {
  await model.setWeights(weights);
  const counts = parametersOf(model.layers).map(({ path }, i) => [path, countNaN(weights[i]!)] as const);
  const found = counts.filter(([, count]) => count > 0);
  if (found.length === 0) return;
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  const shown = found.slice(0, mostNames).map(([path, count]) => `${path}: ${count}`);
  const names = `${shown.join(', ')}${found.length > mostNames ? ', ...' : ''}`;
  const isOne = total === 1;
  console.warn(
    `${file}: ${total} ${isOne ? 'weight is' : 'weights are'} NaN (${names}); the training that made them has diverged`,
  );
}

function countNaN({ data }: Tensor): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) count++;
  return count;
}
