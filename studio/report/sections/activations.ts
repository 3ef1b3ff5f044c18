import { imagesAt, rightAndWrong, shownSet } from '../analysis/chosen-images.ts';
import { convolutionsOf } from '../analysis/layers.ts';
import { activationImages } from '../charts/activation-images.ts';
import { firstAndFolded, picturesPerLayer } from '../markup/folded.ts';
import { html } from '../markup/markup.ts';
import { ImageGrid } from '../pictures/image-grid.ts';
import { imageReader } from '../pictures/pixels.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** What each convolution makes of an image that was said rightly, and of one that was not. */
export async function activations(run: PreparedRun): Promise<Section | undefined> {
  const shown = shownSet(run);
  if (shown === undefined) return undefined;
  const { model, set } = shown;
  const layers = convolutionsOf(model).length;
  if (layers === 0) return undefined;
  const predictions = await run.predictions();
  const { right, wrong } = predictions === undefined ? { right: [0], wrong: [] } : rightAndWrong(predictions, 1);
  const chosen = [...right, ...wrong];
  const most = picturesPerLayer(layers * Math.max(chosen.length, 1));
  const read = imageReader(set.images);
  const parts = chosen.map(async i => {
    const label = run.className(set.labels.data[i]!);
    const said = predictions === undefined ? undefined : run.className(predictions.predicted[i]!);
    const isRight = said === undefined || said === label;
    const name = isRight ? `a ${label}` : `a ${label}, said ${said}`;
    const image = new ImageGrid({
      title: `The image: ${name}`,
      description: `Image ${i} of the set.`,
      images: [{ image: read(i), alt: name }],
      size: 112,
    });
    const grids = await activationImages(model, imagesAt(model, set.images, [i]), { most });
    return { name, isRight, content: [image, firstAndFolded(grids, isRight ? 3 : 1)] };
  });
  const made = await Promise.all(parts);
  return {
    id: 'activations',
    title: 'Activations',
    chapter: 'Network',
    lead: `What each convolution makes of an image. Dark is 0; where there are numbers below 0, these are blue, those above orange, and 0 is pale. At most ${most} channels of a layer are shown.`,
    content: made.map(({ name, isRight, content }) =>
      isRight ? content : html`<details class="more"><summary>The same for ${name}</summary>${content}</details>`,
    ),
  };
}
