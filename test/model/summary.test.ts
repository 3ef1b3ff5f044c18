import t from 'tap';
import { alexnet, conv2d, dense, flatten, maxPooling2d, Sequential } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** The network of the first of the programs that Inkling replaces. */
function digitModel(): Sequential {
  return new Sequential([
    conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    flatten(),
    dense({ units: 128, activation: 'relu' }),
    dense({ units: 10, activation: 'softmax' }),
  ]);
}

t.test('summary prints the table of Keras', async t => {
  let text = '';
  digitModel().summary(printed => {
    text += printed;
  });
  t.equal(
    text,
    `Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)                 ┃ Output Shape       ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ conv2d (Conv2D)              │ (None, 26, 26, 32) │     320 │
├──────────────────────────────┼────────────────────┼─────────┤
│ max_pooling2d (MaxPooling2D) │ (None, 13, 13, 32) │       0 │
├──────────────────────────────┼────────────────────┼─────────┤
│ flatten (Flatten)            │ (None, 5408)       │       0 │
├──────────────────────────────┼────────────────────┼─────────┤
│ dense (Dense)                │ (None, 128)        │ 692,352 │
├──────────────────────────────┼────────────────────┼─────────┤
│ dense_1 (Dense)              │ (None, 10)         │   1,290 │
└──────────────────────────────┴────────────────────┴─────────┘
 Total params: 693,962 (2.65 MB)
 Trainable params: 693,962 (2.65 MB)
 Non-trainable params: 0 (0.00 B)`,
  );
});

t.test('both forms of a model are the same', async t => {
  const chain = new Sequential({ inputShape: [28, 28, 1], seed: 5 })
    .add(conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }))
    .add(maxPooling2d({ poolSize: 2 }))
    .add(flatten())
    .add(dense({ units: 128, activation: 'relu' }))
    .add(dense({ units: 10, activation: 'softmax' }));
  const array = digitModel();
  const names = (model: Sequential) => model.layers.map(layer => [layer.name, layer.outputShape]);
  t.same(names(chain), names(array));
  t.equal(chain.countParams(), 693_962);
});

t.test('alexnet', async t => {
  const shapes = (model: Sequential) =>
    model.layers.map(({ layer, outputShape }) => `${layer.className} ${outputShape.join('x')}`);
  t.same(shapes(alexnet({ width: 0.25 })), [
    'Rescaling 28x28x1',
    'Conv2D 28x28x24',
    'MaxPooling2D 14x14x24',
    'Conv2D 14x14x64',
    'MaxPooling2D 7x7x64',
    'Conv2D 7x7x96',
    'Conv2D 7x7x96',
    'Conv2D 7x7x64',
    'MaxPooling2D 3x3x64',
    'Flatten 576',
    'Dense 1024',
    'Dropout 1024',
    'Dense 1024',
    'Dropout 1024',
    'Dense 10',
  ]);
  t.equal(alexnet({ width: 1 }).countParams(), 29_976_778);
  const paper = alexnet({ classes: 1000, inputShape: [227, 227, 3], lrn: true, overlappingPooling: true });
  t.same(shapes(paper).slice(1, 7), [
    'Conv2D 55x55x96',
    'LocalResponseNormalization 55x55x96',
    'MaxPooling2D 27x27x96',
    'Conv2D 27x27x256',
    'LocalResponseNormalization 27x27x256',
    'MaxPooling2D 13x13x256',
  ]);
  t.equal(paper.layers.at(-1)?.outputShape[0], 1000);
  t.equal(
    errorOf(() => alexnet({ width: 0 })),
    'OptionError: alexnet: width must be a number greater than 0, got 0',
  );
});
