/** Images read at other places, and the layers that do so, against PyTorch, Keras and NumPy on both backends. */
import t from 'tap';
import type { FillMode, Interpolation, Pair } from '../../kernels/geometry.ts';
import type { Backend } from '../../lib/backend/backend.ts';
import { loopsBackend } from '../../lib/backend/loops.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import type { LayerOptionValues, Shape } from '../../lib/index.ts';
import { gaussian } from '../../lib/layers/augmentation/random-elastic.ts';
import { perspectiveShift } from '../../lib/layers/augmentation/random-perspective.ts';

import { layerFromConfig } from '../../lib/layers/registry.ts';
import { TreeOps, typed } from '../../lib/model/forward.ts';
import { emitGradients } from '../../lib/plan/gradients.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { TrainedLayer } from '../layers/trained-layer.ts';
import { runGraph, testVariable } from '../run-graph.ts';
import { readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';

interface Resampled {
  readonly tag: string;
  readonly images: Shape;
  readonly size: Pair;
  readonly interpolation: Interpolation;
  readonly y: readonly number[];
}
interface Golden {
  readonly madeBy: string;
  readonly resampled: readonly (Resampled & {
    readonly fillMode: FillMode;
    readonly isShifted: boolean;
    readonly dx: readonly number[];
  })[];
  readonly wrapped: readonly Resampled[];
  readonly layers: readonly {
    readonly tag: string;
    readonly className: string;
    readonly config: LayerOptionValues;
    readonly shape: Shape;
    readonly offset: number;
    readonly scale: number;
    readonly outcomes: readonly (readonly number[])[];
    /** Of the sum of each outcome. */
    readonly gradients?: readonly (readonly number[])[];
  }[];
  readonly smoothed: readonly {
    readonly tag: string;
    readonly shape: Pair;
    readonly sigma: number;
    readonly y: readonly number[];
  }[];
  readonly perspective: readonly Omit<Resampled, 'size'>[];
}

const golden = readGolden<Golden>('augmentation.json');

/** `resample` and the gradient of the sum of weights times its output. */
async function resample(backend: Backend, each: Resampled, fillMode: FillMode, isShifted: boolean) {
  const { tag, images, size, interpolation } = each;
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const [n = 0] = images;
  const x = testVariable(graph, 'x', images);
  const matrix = graph.input('matrix', [6, n]);
  const shift = isShifted ? graph.input('shift', [size[0], n, 2, size[1]]) : undefined;
  const y = ops.resample(x, matrix, { size, interpolation, fillMode, shift });
  const loss = ops.sum(ops.multiply(y, graph.input('weights', y.shape)));
  const dx = emitGradients(graph, loss, [x]).get(x)!;
  const given = {
    x: uniform(`${tag}/x`, { shape: images, scale: 4 }),
    matrix: uniform(`${tag}/matrix`, { shape: matrix.shape, scale: 4 }),
    weights: uniform(`${tag}/weights`, { shape: y.shape, scale: 2 }),
    ...(shift === undefined ? {} : { shift: uniform(`${tag}/shift`, { shape: shift.shape, scale: 4 }) }),
  };
  return (await runGraph(backend, graph, { y, dx }, given)).outputs;
}

for (const backend of [loopsBackend, simdBackend]) {
  t.test(`resample on ${backend.name} and ${golden.madeBy}`, async t => {
    for (const each of golden.resampled) {
      const { y, dx } = await resample(backend, each, each.fillMode, each.isShifted);
      const what = `${each.tag}: ${each.fillMode}, ${each.interpolation}, ${each.images} to ${each.size}`;
      t.ok(relativeError(y!, each.y) < 2e-5, `${what}: the output is ${relativeError(y!, each.y)} off`);
      t.ok(relativeError(dx!, each.dx) < 2e-5, `${what}: the gradient is ${relativeError(dx!, each.dx)} off`);
    }
    for (const each of golden.wrapped) {
      const { y } = await resample(backend, each, 'wrap', false);
      t.ok(relativeError(y!, each.y) < 2e-5, `${each.tag}: the output is ${relativeError(y!, each.y)} off`);
    }
  });

  t.test(`layers on ${backend.name} and ${golden.madeBy}`, async t => {
    for (const { tag, className, config, shape, offset, scale, outcomes, gradients } of golden.layers) {
      const layer = layerFromConfig({ className, config });
      const trained = new TrainedLayer(layer, [1, ...shape], backend === loopsBackend ? 'loops' : 'simd');
      const x = uniform(`${tag}/x`, { shape: [1, ...shape], offset, scale });
      const found = new Set<number>();
      for (let step = 0; step < 60 && found.size < outcomes.length; step++) {
        const { y, dx } = await trained.run(x, 1, step);
        const errors = outcomes.map(expected => relativeError(y, expected));
        const best = errors.indexOf(Math.min(...errors));
        found.add(best);
        t.ok(errors[best]! < 2e-5, `${tag} ${JSON.stringify(config)}: ${errors[best]} off`);
        const slopes = gradients?.[best];
        if (slopes === undefined) continue;
        const off = relativeError(dx, slopes);
        t.ok(off < 2e-4, `${tag} ${JSON.stringify(config)}: the gradient is ${off} off`);
      }
      t.equal(found.size, outcomes.length, `${tag}: all outcomes come`);
      trained.dispose();
    }
  });

  t.test(`four corners on ${backend.name} and ${golden.madeBy}`, async t => {
    for (const { tag, images, interpolation, y: expected } of golden.perspective) {
      const [n = 0, h = 0, w = 0] = images;
      const graph = new Graph();
      const ops = new TreeOps(graph, { training: true });
      const x = graph.input('x', images);
      const shift = perspectiveShift(typed(ops), x, graph.input('corners', [1, n, 1, 4]));
      const identity = ops.constant({ shape: [6, n], data: [1, 0, 0, 0, 1, 0].flatMap(each => Array(n).fill(each)) });
      const y = ops.resample(x, identity, { size: [h, w], shift, interpolation, fillValue: 1.5 });
      const given = {
        x: uniform(`${tag}/x`, { shape: images, scale: 4 }),
        corners: uniform(`${tag}/corners`, { shape: [n, 4], scale: 0.5, offset: 1 }),
      };
      const { outputs } = await runGraph(backend, graph, { y }, given);
      const off = relativeError(outputs['y']!, expected);
      t.ok(off < 2e-5, `${tag}: ${interpolation}, ${images}: ${off} off`);
    }
  });
}

t.test('the smoothing of elastic distortion', async t => {
  for (const { tag, shape, sigma, y } of golden.smoothed) {
    const [h, w] = shape;
    const noise = uniform(tag, { shape, scale: 2 });
    const [rows, columns] = [gaussian(h, sigma, 1).data, gaussian(w, sigma, 3).data];
    const smooth = Array.from({ length: sizeOf(shape) }, (_, i) => {
      let sum = 0;
      for (const [j, value] of noise.entries()) {
        sum += rows[Math.floor(i / w) * h + Math.floor(j / w)]! * value * columns[(j % w) * w + (i % w)]!;
      }
      return sum / 3;
    });
    t.ok(relativeError(smooth, y) < 1e-5, `${tag}: ${relativeError(smooth, y)} off`);
  }
});
