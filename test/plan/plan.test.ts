import t from 'tap';
import { adam, conv2d, dense, flatten, formatPlan, maxPooling2d, Sequential } from '../../lib/index.ts';

function small(activation: 'softmax' | 'sigmoid', loss: 'categoricalCrossentropy' | 'binaryCrossentropy'): Sequential {
  const model = new Sequential([
    conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
    maxPooling2d(2),
    flatten(),
    dense({ units: 3, activation }),
  ]);
  model.compile({ optimizer: adam(), loss, metrics: ['accuracy'] });
  return model;
}

const kernelsOf = (model: Sequential, kind: 'train' | 'evaluate' | 'predict') =>
  model.plan(kind, 4).calls.map(call => `${call.label} ${call.kernel}`);

t.test('a training step as a list of kernel calls', async t => {
  t.same(kernelsOf(small('softmax', 'categoricalCrossentropy'), 'train'), [
    'conv2d conv2dBiasReluMaxPool2d',
    'dense matmulForward',
    'dense biasForward',
    'loss softmaxCrossEntropyForward',
    'loss sumForward',
    'accuracy categoricalAccuracy',
    'accuracy sumForward',
    'accuracy fill',
    'loss fill',
    'loss affineForward',
    'loss broadcastForward',
    'loss softmaxCrossEntropyBackward',
    'dense biasBackward',
    'optimizer adamUpdate',
    'dense matmulForward',
    'dense matmulForward',
    'optimizer adamUpdate',
    'conv2d conv2dMaxPool2dBackwardFilter',
    'optimizer adamUpdate',
    'optimizer adamUpdate',
  ]);
});

t.test('the gradient of the input is not computed, nobody needs it', async t => {
  t.notOk(kernelsOf(small('softmax', 'categoricalCrossentropy'), 'train').includes('conv2d conv2dBackwardInput'));
});

t.test('an output activation and its cross-entropy are fused, others are not', async t => {
  const evaluate = (...args: Parameters<typeof small>) =>
    kernelsOf(small(...args), 'evaluate').filter(name => /softmax|sigmoid|Entropy/i.test(name));
  t.same(evaluate('softmax', 'categoricalCrossentropy'), ['loss softmaxCrossEntropyForward']);
  t.same(evaluate('sigmoid', 'binaryCrossentropy'), ['loss sigmoidBinaryCrossEntropyForward']);
  t.same(evaluate('sigmoid', 'categoricalCrossentropy'), ['dense sigmoidForward', 'loss crossEntropyForward']);
  t.same(evaluate('softmax', 'binaryCrossentropy'), ['dense softmaxForward', 'loss binaryCrossEntropyForward']);
});

t.test('a plan is frozen, plain data, and can be read', async t => {
  const plan = small('softmax', 'categoricalCrossentropy').plan('predict', 2);
  t.same(structuredClone(plan), plan);
  t.ok([plan, plan.calls, plan.buffers, plan.calls[0], plan.calls[0]!.geometry].every(Object.isFrozen));
  t.match(
    formatPlan(plan),
    /^0 conv2d conv2dBiasReluMaxPool2d: y\[2, 2, 2, 2\]@block \d+ where\[0\]@block \d+ <- x\[2, 6, 6, 1\]@block \d+ w\[3, 3, 1, 2\]@conv2d\/kernel b\[2\]@conv2d\/bias\n1 dense matmulForward: /,
  );
});
