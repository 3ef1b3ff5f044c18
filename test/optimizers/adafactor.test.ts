import t from 'tap';
import { adafactor, type BackendName, dense, type Loss, Sequential } from '../../lib/index.ts';

/** The first output. */
const first: Loss = {
  name: 'first',
  targets: 'numbers',
  forward: (ops, y) => ops.sum(ops.slice(y, [0, 0], [1, 1]), [1]),
};

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: what has had no gradient stays, beside rows and columns that had one`, async t => {
    const layer = dense(2, { inputShape: [2], useBias: false, kernelInitializer: 'ones' });
    const model = new Sequential([layer], { backend });
    model.compile({ optimizer: adafactor({ learningRate: 0.1 }), loss: first });
    await model.trainOnBatch([[3, 0]], [[0, 0]]);
    const [kernel] = await model.getWeights();
    // The step is rate x rms(kernel) x gradient / root of its moment, which are 0.1, 1, 3 and 3.
    t.same(
      [...kernel!.data].map(number => Number(number.toFixed(6))),
      [0.9, 1, 1, 1],
    );
  });
}
