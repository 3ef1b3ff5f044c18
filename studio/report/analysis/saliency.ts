import { OptionError, type Sequential, ShapeError, Tensor } from 'inkling';
import { convolutionsOf } from './layers.ts';

export interface SaliencyOptions {
  /** The class that is asked about, one for each image; those that the model says if left out. */
  readonly classes?: ArrayLike<number>;
  /** The layer of Grad-CAM, by its path or name; the last convolution if left out. */
  readonly layer?: string;
}

/** Which pixels speak for a class, in three ways. All of the score before softmax or sigmoid. */
export interface SaliencyMaps {
  /** One for each image. */
  readonly classes: readonly number[];
  /** [N, H, W]: the largest absolute slope of the score over the channels of a pixel (Simonyan et al. 2014, section 3.1). */
  readonly gradient: Tensor;
  /** [N, H, W]: slope times input, summed over the channels: above 0 where a pixel speaks for the class. */
  readonly gradientTimesInput: Tensor;
  /** [N, h, w], of the size of the layer's output: Grad-CAM (Selvaraju et al. 2017, equations 1 and 2); none without a convolution. */
  readonly gradCam?: Tensor;
  /** The path of the layer of Grad-CAM. */
  readonly layer?: string;
}

/**
 * What a model of images [N, H, W, C] looks at. Throws ShapeError for a model of other inputs or outputs, OptionError for
 * classes and layers that do not exist.
 */
export async function saliencyMaps(
  model: Sequential,
  images: Tensor,
  { classes, layer }: SaliencyOptions = {},
): Promise<SaliencyMaps> {
  if (model.inputShape.length !== 3 || model.outputShape.length !== 1) {
    const [input, output] = [model.inputShape, model.outputShape].map(shape => `[${shape.join(', ')}]`);
    throw new ShapeError(
      `saliencyMaps: expected a model from [height, width, channels] to [classes], got one from ${input} to ${output}`,
    );
  }
  const asked = classes === undefined ? (await model.predict(images)).argmax(1).data : classes;
  const chosen = Array.from(asked, Number);
  const node = layer === undefined ? convolutionsOf(model).at(-1) : model.getLayer(layer);
  if (node !== undefined && node.outputShape.length !== 3) {
    throw new OptionError(
      `saliencyMaps: the output of layer "${node.path}" is [${node.outputShape.join(', ')}], expected [height, width, channels]`,
    );
  }
  const at = ['input', ...(node === undefined ? [] : [node.path])];
  const slopes = await model.gradients(images, { of: { class: chosen, logits: true }, at });
  const slope = slopes['input']!;
  const maps = {
    classes: chosen,
    gradient: slope.abs().max([3]),
    gradientTimesInput: slope.multiply(images).sum([3]),
  };
  if (node === undefined) return maps;
  const { [node.path]: outputs } = await model.activations(images, [node.path]);
  const weights = slopes[node.path]!.mean([1, 2], true);
  return { ...maps, gradCam: weights.multiply(outputs!).sum([3]).maximum(0), layer: node.path };
}

/** Maps [N, h, w] in another size, by bilinear interpolation with the centres of pixels at halves, as TensorFlow does it. */
export function resizedMaps(maps: Tensor, height: number, width: number): Tensor {
  const [count = 0, rows = 0, columns = 0] = maps.shape;
  const data = new Float32Array(count * height * width);
  const [down, across] = [placesOf(rows, height), placesOf(columns, width)];
  for (let i = 0, to = 0; i < count; i++) {
    for (const y of down) {
      for (const x of across) {
        const at = (row: number, column: number) => maps.data[(i * rows + row) * columns + column]!;
        const above = at(y.from, x.from) * (1 - x.share) + at(y.from, x.to) * x.share;
        const below = at(y.to, x.from) * (1 - x.share) + at(y.to, x.to) * x.share;
        data[to++] = above * (1 - y.share) + below * y.share;
      }
    }
  }
  return new Tensor([count, height, width], 'float32', data);
}

/** Between which two pixels each new one lies, and how far behind the first. */
function placesOf(old: number, size: number): readonly { from: number; to: number; share: number }[] {
  return Array.from({ length: size }, (_, i) => {
    const place = ((i + 0.5) * old) / size - 0.5;
    const from = Math.floor(place);
    const within = (index: number) => Math.min(Math.max(index, 0), old - 1);
    return { from: within(from), to: within(from + 1), share: place - from };
  });
}
