/** Programs whose cost for the compiler is measured: what one more network adds to the bare import. */

const bare =
  "import { Sequential } from 'inkling';\nexport const model = new Sequential({ inputShape: [28, 28, 1] });\n";

const alexnet = `import { conv2d, dense, dropout, flatten, localResponseNormalization, maxPooling2d, Sequential } from 'inkling';
export const model = new Sequential({ inputShape: [227, 227, 3] })
  .add(conv2d({ filters: 96, kernelSize: 11, strides: 4, activation: 'relu' }))
  .add(localResponseNormalization())
  .add(maxPooling2d({ poolSize: 3, strides: 2 }))
  .add(conv2d({ filters: 256, kernelSize: 5, padding: 'same', activation: 'relu' }))
  .add(localResponseNormalization())
  .add(maxPooling2d({ poolSize: 3, strides: 2 }))
  .add(conv2d({ filters: 384, kernelSize: 3, padding: 'same', activation: 'relu' }))
  .add(conv2d({ filters: 384, kernelSize: 3, padding: 'same', activation: 'relu' }))
  .add(conv2d({ filters: 256, kernelSize: 3, padding: 'same', activation: 'relu' }))
  .add(maxPooling2d({ poolSize: 3, strides: 2 }))
  .add(flatten())
  .add(dense({ units: 4096, activation: 'relu' }))
  .add(dropout(0.5))
  .add(dense({ units: 4096, activation: 'relu' }))
  .add(dropout(0.5))
  .add(dense({ units: 1000, activation: 'softmax' }));
`;

/** 50 layers on images of 224x224: convolutions of growing width, some with strides, with pooling in between. */
function fiftyLayers(): string[] {
  const layers: string[] = [];
  for (let i = 0; i < 46; i++) {
    const filters = 16 + 8 * i;
    const strides = i % 12 === 11 ? ', strides: 2' : '';
    layers.push(
      i % 10 === 9
        ? 'maxPooling2d(2)'
        : `conv2d({ filters: ${filters}, kernelSize: 3, padding: 'same', activation: 'relu'${strides} })`,
    );
  }
  return [
    ...layers,
    'globalAveragePooling2d()',
    "dense({ units: 512, activation: 'relu' })",
    'dropout(0.5)',
    'dense(1000)',
  ];
}

const imports = "import { conv2d, dense, dropout, globalAveragePooling2d, maxPooling2d, Sequential } from 'inkling';\n";
const chain = `${imports}export const model = new Sequential({ inputShape: [224, 224, 3] })\n${fiftyLayers()
  .map(layer => `  .add(${layer})`)
  .join('\n')};\n`;
const [first = '', ...others] = fiftyLayers();
const list = `${imports}export const model = new Sequential([\n${[
  first.replace(' })', ', inputShape: [224, 224, 3] })'),
  ...others,
]
  .map(layer => `  ${layer},`)
  .join('\n')}\n]);\n`;
/** The same with a fault in the middle: mistakes must not be dearer. */
const faulty = chain.replace('.add(maxPooling2d(2))', '.add(maxPooling2d(999))');

/** Composites in place: what `forward` gives is followed through operations and other layers. */
const composites = `import { conv2d, Sequential } from 'inkling';
export const model = new Sequential({ inputShape: [56, 56, 64] })
${Array.from({ length: 16 }, () => "  .add((ops, x) => ops.relu(ops.add(ops.apply(conv2d(64, 3, { padding: 'same' }), x), x)))").join('\n')};
`;

/** Residual blocks and branches, with literal shapes through them. */
const blocks = `import { branches, conv2d, relu, residual, Sequential } from 'inkling';
export const model = new Sequential({ inputShape: [56, 56, 64] })
${Array.from(
  { length: 8 },
  () => `  .add(residual([conv2d(64, 3, { padding: 'same' }), relu(), conv2d(64, 3, { padding: 'same' })], { activation: 'relu' }))
  .add(branches([conv2d(16, 1), [conv2d(8, 1), conv2d(32, 3, { padding: 'same' })], [relu(), conv2d(16, 1)]]))`,
).join('\n')};
`;

/** A graph of twenty layers. */
const graphOfTwenty = `import { add, concatenate, conv2d, graph } from 'inkling';
export const layer = graph([56, 56, 64], (x0, apply) => {
${Array.from(
  { length: 10 },
  (_, i) => `  const y${i} = apply(conv2d(64, 3, { padding: 'same' }), x${i});
  const x${i + 1} = apply(add(), [x${i}, y${i}]);`,
).join('\n')}
  return apply(concatenate(), [x10, x0]);
});
`;

/** A dataset of ten stages that a model takes. */
const tenStages = `import { Dataset, dense, flatten, Sequential, zeros } from 'inkling';
const model = new Sequential({ inputShape: [28, 28, 1] })
  .add(flatten())
  .add(dense(10))
  .compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
const [train, validation] = Dataset.fromTensors(zeros([60, 28, 28, 1], 'uint8'), zeros([60], 'uint8')).split(0.9);
const stages = (dataset: typeof train) =>
  dataset
    .map(({ x, targets }) => ({ x: x.divide(255), targets }))
    .shuffle()
    .repeat(2)
    .skip(1)
    .take(100)
    .concat(dataset.map(({ x, targets }) => ({ x: x.divide(255), targets })))
    .oneHot(10)
    .batch(32)
    .prefetch(2);
export const fitted = model.fit(stages(train), { validationData: stages(validation) });
`;

export const typePrograms = {
  bare,
  alexnet,
  'chain of 50': chain,
  'list of 50': list,
  'fault in 50': faulty,
  '16 composites': composites,
  '16 blocks': blocks,
  'graph of 20': graphOfTwenty,
  'dataset of 10 stages': tenStages,
};
export type TypeProgram = keyof typeof typePrograms;
