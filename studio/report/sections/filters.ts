import { convolutionsOf } from '../analysis/layers.ts';
import { filterImages } from '../charts/filter-images.ts';
import { firstAndFolded, picturesPerLayer } from '../markup/folded.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** The weights of each convolution. */
export async function filters({ model }: PreparedRun): Promise<Section | undefined> {
  if (model === undefined || model.layers.length === 0) return undefined;
  const layers = convolutionsOf(model).length;
  if (layers === 0) return undefined;
  const most = picturesPerLayer(layers);
  return {
    id: 'filters',
    title: 'Filters',
    chapter: 'Network',
    lead: `What each convolution looks for. Blue weights are below 0, pale ones 0, orange ones above; colours are as strong as the largest weight of the layer. At most ${most} filters of a layer are shown.`,
    content: firstAndFolded(await filterImages(model, { most })),
  };
}
