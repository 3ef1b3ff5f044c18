import { imagesAt, shownSet, spread } from '../analysis/chosen-images.ts';
import { lastHiddenLayer } from '../analysis/layers.ts';
import { embeddingPlot } from '../charts/embedding-plot.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

const mostPoints = 500;

/** What the last hidden layer makes of the images, in two dimensions. */
export async function embedding(run: PreparedRun): Promise<Section | undefined> {
  const shown = shownSet(run);
  if (shown === undefined) return undefined;
  const { model, set } = shown;
  const layer = lastHiddenLayer(model);
  const chosen = spread(set.labels.size, mostPoints);
  if (layer === undefined || chosen.length < 3 || model.getLayer(layer).outputShape[0]! < 2) return undefined;
  const images = imagesAt(model, set.images, chosen);
  const { [layer]: vectors } = await model.activations(images, [layer]);
  const predictions = await run.predictions();
  const labels = chosen.map(i => set.labels.data[i]!);
  const said = predictions === undefined ? {} : { predicted: chosen.map(i => predictions.predicted[i]!) };
  return {
    id: 'embedding',
    title: 'Classes apart',
    chapter: 'Network',
    lead: `Images that the network takes for alike lie close together. Seen through "${layer}", of which the last layer makes its scores; at most ${mostPoints} images are shown, evenly taken from the set.`,
    content: embeddingPlot(vectors!, { labels, ...said, images, classNames: run.classNames }),
  };
}
