import type { LayerNode, Sequential } from 'inkling';

/** All layers of a model, each before those below it. */
export function* allLayers(layers: readonly LayerNode[]): Generator<LayerNode> {
  for (const layer of layers) {
    yield layer;
    yield* allLayers(layer.children);
  }
}

const convolutionClasses: readonly string[] = ['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'Conv2DTranspose'];

export const isConvolution = ({ className }: LayerNode): boolean => convolutionClasses.includes(className);

/** The layers with filters, in the order of the tree. */
export const convolutionsOf = (model: Sequential): readonly LayerNode[] =>
  [...allLayers(model.layers)].filter(isConvolution);

/** The numbers of all parameters by their paths: `block1/conv2d/kernel`. */
export async function parametersByPath(model: Sequential): Promise<ReadonlyMap<string, Float32Array>> {
  const specs = [...allLayers(model.layers)].flatMap(({ parameters }) => parameters);
  const paths = [...new Set(specs.map(({ path }) => path))];
  const weights = await model.getWeights();
  return new Map(paths.map((path, i) => [path, weights[i]!.data as Float32Array]));
}

/** Whether each output of a layer is what relu gives: 0, or a number above. */
export function endsWithRelu({ className, config }: LayerNode): boolean {
  if (className === 'ReLU') return config?.['negativeSlope'] === 0 || config?.['negativeSlope'] === undefined;
  const activation = config?.['activation'];
  const name =
    typeof activation === 'object' && activation !== null && 'name' in activation ? activation['name'] : activation;
  return name === 'relu';
}

/**
 * The path of the layer whose output, a vector, the last layer with parameters makes the scores of; undefined where that is
 * no vector, or the input.
 */
export function lastHiddenLayer(model: Sequential): string | undefined {
  const nodes = model.topology();
  const scores = nodes.findLast(({ path }) => model.getLayer(path).parameters.length > 0);
  const before = nodes.find(({ id }) => id === scores?.inputs[0]);
  return before?.outputShape.length === 1 ? before.path : undefined;
}
