import { chooseBackend } from '../../lib/backend/choose.ts';
import type { BackendName, Layer, Shape } from '../../lib/index.ts';
import { TreeOps } from '../../lib/model/forward.ts';
import { Runtime } from '../../lib/model/runtime.ts';
import { Tree } from '../../lib/model/tree.ts';
import { differentiate } from '../../lib/plan/differentiate.ts';
import { Graph } from '../../lib/plan/graph.ts';

/** A layer in training, for one size of batches. */
export class TrainedLayer {
  readonly #runtime: Runtime;
  readonly #layer: Layer;
  readonly #shape: Shape;
  /** The kernels of the layer, without those of its gradient. */
  kernels: readonly string[] = [];

  constructor(layer: Layer, shape: Shape, backend: BackendName = 'simd') {
    this.#runtime = new Runtime(chooseBackend(backend));
    this.#layer = layer;
    this.#shape = shape;
  }

  /** What the layer makes of x in a step, and the gradient of the sum of its outputs. */
  run(x: ArrayLike<number>, seed: number, step: number): Promise<{ y: Float32Array; dx: Float32Array }> {
    const emit = () => {
      const graph = new Graph();
      const random = graph.input('random', [4], 'int32');
      const input = graph.input('x', this.#shape);
      const ops = new TreeOps(graph, { training: true, random });
      const y = ops.enter(new Tree(1).add(this.#layer, this.#shape.slice(1)), input);
      this.kernels = graph.calls.map(({ kernel }) => kernel);
      // The second term is there for layers through which no gradient flows.
      const loss = ops.add(ops.sum(y), ops.multiply(ops.sum(input), 0));
      const [dx] = differentiate(graph, loss, [input]);
      return { graph, inputs: { random, x: input }, outputs: { y, dx: dx! } };
    };
    return this.#runtime.run(
      { key: 'train', batch: this.#shape[0]!, emit },
      {
        write(input) {
          input('random').set([seed, 0, step, 0]);
          input('x').set(x);
        },
        read: output => ({ y: output('y').slice() as Float32Array, dx: output('dx').slice() as Float32Array }),
      },
    );
  }

  dispose(): void {
    this.#runtime.dispose();
  }
}
