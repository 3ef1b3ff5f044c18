import {
  alexnet,
  type BackendName,
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  maxPooling2d,
  mobilenetV2,
  rescaling,
  resnet,
  Sequential,
  type SequentialOptions,
} from 'inkling';

const inputShape = [28, 28, 1];
const conv = (filters: number, kernelSize: number, padding: 'valid' | 'same' = 'same'): Layer =>
  conv2d({ filters, kernelSize, padding, activation: 'relu' });
const relu = (units: number): Layer => dense({ units, activation: 'relu' });
const output = (): Layer => dense({ units: 10, activation: 'softmax' });

const builders = {
  A: () => [conv(32, 3, 'valid'), maxPooling2d(2), flatten(), relu(128), output()],
  B: () => [conv(30, 3, 'valid'), maxPooling2d(2), flatten(), relu(128), relu(64), output()],
  C: () => [
    ...[conv(32, 5), conv(32, 5), maxPooling2d(2), dropout(0.25)],
    ...[conv(64, 3), conv(64, 3), maxPooling2d(2), dropout(0.25)],
    ...[flatten(), relu(256), dropout(0.5), output()],
  ],
};

/**
 * A and B: one convolution. C: four convolutions with dropout. D and E: AlexNet at a quarter of its width, and at full width.
 * F: ResNet-20. G: MobileNetV2 at half its width.
 */
export const modelNames = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const;
export type ModelName = (typeof modelNames)[number];

/** A digit model, compiled with Adam. */
export function digitModel(name: ModelName, backend?: BackendName): Sequential {
  const model = uncompiled(name, backend);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** A digit model without weights, which another model can take as a layer. */
export function uncompiled(name: ModelName, backend?: BackendName): Sequential {
  const common: SequentialOptions = { seed: 1, ...(backend === undefined ? {} : { backend }) };
  if (name === 'D' || name === 'E') return alexnet({ width: name === 'D' ? 0.25 : 1, ...common });
  if (name === 'F') return resnet(common);
  if (name === 'G') return mobilenetV2({ width: 0.5, ...common });
  const model = new Sequential({ inputShape, ...common });
  for (const layer of [rescaling(1 / 255), ...builders[name]()]) model.add(layer);
  return model;
}
