/** What the convolutions of a network make of an image. */
import type { Sequential, Tensor } from 'inkling';
import { ImageGrid } from 'inkling-studio';

/** A picture for each convolution, by its name: the output of each filter for one image [1, H, W, C], black where it is 0. */
export async function activationPictures(model: Sequential, image: Tensor): Promise<{ [layer: string]: ImageGrid }> {
  const names = model.layers.filter(({ className }) => className === 'Conv2D').map(({ name }) => name);
  const outputs = await model.activations(image, names);
  return Object.fromEntries(names.map(name => [name, filterGrid(name, outputs[name]!)]));
}

function filterGrid(name: string, output: Tensor): ImageGrid {
  const [, height = 0, width = 0, filters = 0] = output.shape;
  const images = Array.from({ length: filters }, (_, filter) => {
    const values = Float32Array.from({ length: height * width }, (__, i) => output.data[i * filters + filter]!);
    const most = Math.max(...values) || 1;
    const data = Uint8Array.from(values, value => (255 * Math.max(0, value)) / most);
    return { image: { width, height, channels: 1, data }, alt: `filter ${filter}` };
  });
  const description = `What each of the ${filters} filters of ${name} makes of the first test image, each as bright as it gets.`;
  return new ImageGrid({ title: `Activations of ${name}`, description, images, columns: 16 });
}
