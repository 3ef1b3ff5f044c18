/** Convolutions, pooling and what changes the size of images against Keras, with drawn options, on both backends. */
import t from 'tap';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import {
  decodeModel,
  encodeModel,
  type Layer,
  type LayerOptionValues,
  Sequential,
  type Shape,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { typed } from '../../lib/model/forward.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { runGraph, testVariable } from '../run-graph.ts';
import { readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';

interface Golden {
  readonly tag: string;
  readonly className: string;
  readonly config: LayerOptionValues;
  readonly shape: Shape;
  readonly output: Shape;
  readonly parameters: { readonly [name: string]: Shape };
  readonly y: readonly number[];
  readonly gradients: { readonly [name: string]: readonly number[] };
}

/** The layer's output, and the gradients of its input and its parameters. */
async function run(layer: Layer, golden: Golden, backend: typeof simdBackend) {
  const { tag, shape, output, parameters } = golden;
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const x = testVariable(graph, 'x', [2, ...shape]);
  const specs = layer.parameters?.(shape) ?? [];
  t.same(Object.fromEntries(specs.map(spec => [spec.name, spec.shape])), parameters, `${tag}: parameters`);
  const values = specs.map(spec => [spec.name, testVariable(graph, spec.name, spec.shape)] as const);
  const y = layer.forward(typed(ops), x, Object.fromEntries(values));
  t.same(y.shape, [2, ...output], `${tag}: shape`);
  const loss = ops.sum(ops.multiply(y, graph.input('weights', y.shape)));
  const wanted = [['x', x] as const, ...values];
  const gradients = emitGradients(
    graph,
    loss,
    wanted.map(([, value]) => value),
  );
  const given = {
    x: uniform(`${tag}/x`, { shape: x.shape, scale: 4 }),
    weights: uniform(`${tag}/weights`, { shape: y.shape, scale: 2 }),
    ...Object.fromEntries(values.map(([name, value]) => [name, uniform(`${tag}/${name}`, { shape: value.shape })])),
  };
  const named = Object.fromEntries(wanted.map(([name, value]) => [`d${name}`, gradients.get(value)!]));
  return (await runGraph(backend, graph, { y, ...named }, given)).outputs;
}

for (const file of ['convolution-layers', 'image-layers', 'adaptive-pooling', 'einsum-dense']) {
  const { madeBy, cases } = readGolden<{ madeBy: string; cases: Golden[] }>(`${file}-keras.json`);
  for (const backend of [loopsBackend, simdBackend]) {
    t.test(`${file} on ${backend.name} and ${madeBy}`, async t => {
      for (const golden of cases) {
        const { tag, className, config } = golden;
        const what = `${tag} ${JSON.stringify(config)} on ${golden.shape}`;
        const layer = layerFromConfig({ className, name: 'layer', config });
        const outputs = await run(layer, golden, backend);
        const error = relativeError(outputs['y']!, golden.y);
        t.ok(error < 3e-6, `${what}: the output is ${error} off`);
        for (const [name, expected] of Object.entries(golden.gradients)) {
          const off = relativeError(outputs[`d${name}`]!, expected);
          t.ok(off < 3e-6, `${what}: the gradient of ${name} is ${off} off`);
        }
      }
    });
  }
  t.test(`${file} in models, also once they were saved`, async t => {
    for (const { tag, className, config, shape, output, parameters, y } of cases) {
      const layer = layerFromConfig({ className, name: 'layer', config });
      const model = new Sequential({ inputShape: shape }).add(layer) as Sequential;
      t.same(model.outputShape, output, tag);
      // Keras's order of the weights is that of the parameters.
      const weights = Object.entries(parameters).map(([name, of]) =>
        tensor(uniform(`${tag}/${name}`, { shape: of }), of),
      );
      await model.setWeights(weights);
      const x = tensor(uniform(`${tag}/x`, { shape: [2, ...shape], scale: 4 }), [2, ...shape]);
      for (const each of [model, await decodeModel(await encodeModel(model))]) {
        const error = relativeError((await each.predict(x)).data, y);
        t.ok(error < 3e-6, `${tag}: the prediction is ${error} off`);
      }
    }
  });
}
