/** A model whose inputs are the gradients of its parameters, so that optimizers can be followed step by step. */
import type { BackendName } from '../../lib/backend/choose.ts';
import { type Layer, type Loss, type Optimizer, Sequential, type Tensor, tensor } from '../../lib/index.ts';
import { zeros } from '../../lib/initializers/initializers.ts';
import { sizeOf, uniform } from '../golden/inputs.ts';

/** As optimizers_keras.py has them. */
export const shapes: { readonly [parameter: string]: readonly number[] } = {
  bias: [5],
  kernel: [4, 3],
  second: [2, 5],
  filters: [2, 2, 2, 3],
  scale: [1],
};
const all = Object.entries(shapes);
const total = all.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);

/** The sum of all parameters, each element times its place of the input. */
const weighted: Layer = {
  className: 'Weighted',
  name: 'weighted',
  config: {},
  inputShape: [total],
  outputShape: [1],
  parameters: () => all.map(([name, shape]) => ({ name, shape, initializer: zeros() })),
  forward(ops, x, parameters) {
    let from = 0;
    const products = all.map(([name, shape]) => {
      const size = sizeOf(shape);
      const gradients = ops.slice(x, [0, from], [x.shape[0]!, size]);
      from += size;
      return ops.sum(ops.multiply(gradients, ops.reshape(parameters[name]!, [1, size])), 1, true);
    });
    return products.reduce((sum, each) => ops.add(sum, each));
  },
};

/** The output itself. */
const output: Loss = { name: 'output', targets: 'numbers', forward: (ops, y) => ops.sum(y, [1]) };

/** The model with the parameters that optimizers_keras.py draws. */
export async function givenGradients(optimizer: Optimizer, backend: BackendName = 'loops'): Promise<Sequential> {
  const model = new Sequential([weighted], { seed: 1, backend }) as Sequential;
  model.compile({ optimizer, loss: output });
  await model.setWeights(all.map(([name, shape]) => tensor(uniform(`optimizer/${name}`, { shape, scale: 2 }), shape)));
  return model;
}

/** The input of a step, counted from 0: the gradients that optimizers_keras.py draws. */
export function gradientsOf(step: number): Tensor {
  const gradients = all.map(([name, shape]) => {
    const drawn = uniform(`optimizer/gradient ${name} ${step}`, { shape, scale: 2 });
    const isZero = name === 'second' && step < 3;
    return drawn.map((value, i) => (isZero || i % 3 === step % 3 ? 0 : value));
  });
  return tensor(Float32Array.from(gradients.flatMap(each => [...each])), [1, total]);
}

const target = tensor([[0]]);

/** Trains on the gradients of these steps. */
export async function trainSteps(model: Sequential, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step++) await model.trainOnBatch(gradientsOf(step), target);
}

/** All parameters, one behind the other. */
export const numbersOf = async (model: Sequential): Promise<number[]> =>
  (await model.getWeights()).flatMap(({ data }) => [...data]);
