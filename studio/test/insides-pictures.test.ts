/** The pictures of a network's inside, and the sections that are made of them. */
import { alexnet, dense, flatten, type ProfileRow, resnet, Sequential, StateError } from 'inkling';
import t from 'tap';
import { insidesData, insidesNetwork } from '../../test/golden/insides.ts';
import { networkCards } from '../report/analysis/network-cards.ts';
import { networkLayout } from '../report/analysis/network-layout.ts';
import {
  activationImages,
  embeddingPlot,
  filterImages,
  groupedProfile,
  histogramChart,
  networkDiagram,
  profileChart,
  renderReport,
  saliencyImages,
} from '../report/index.ts';

const { images, labels } = insidesData();

t.test('filters: one image each, with a square for each input channel, and no more than are asked for', async t => {
  const model = await insidesNetwork();
  const [first, second] = await filterImages(model, { most: 6 });
  t.match(first, { title: 'conv2d', description: /^All 5 filters of 3x3\. Largest weight: 0\.\d+\.$/ });
  t.match(second!.description, /^The first 6 of 7 filters of 3x3, each with a square for all 5 input channels\./);
  t.same(
    [first, second].map(grid => [grid!.images.length, grid!.images[0]!.image.width, grid!.images[0]!.image.height]),
    [
      [5, 3, 3],
      [6, 11, 7],
    ],
  );
  const [kernel] = await model.getWeights();
  const largest = kernel!.data.findIndex(value => Math.abs(value) === kernel!.abs().max().item());
  const pixel = Math.floor(largest / 5) * 4;
  const { data } = first!.images[largest % 5]!.image;
  const strongest = kernel!.data[largest]! > 0 ? [0x8a, 0x3c, 0x00, 255] : [0x14, 0x2a, 0x70, 255];
  t.same([...data.subarray(pixel, pixel + 4)], strongest, 'the largest weight has the strongest colour');
  await t.rejects(filterImages(model, { most: 0 }), {
    message: 'filterImages: most must be a positive integer, got 0',
  });
});

t.test('activations: a grid for each image and layer', async t => {
  const model = await insidesNetwork();
  const grids = await activationImages(model, images.slice([0], [2]), { most: 3, names: ['one', 'two'] });
  t.same(
    grids.map(({ title }) => title),
    ['conv2d: one', 'second: one', 'conv2d: two', 'second: two'],
  );
  t.match(grids[1]!.description, /^The first 3 of 7 channels of 4x4\. From 0, dark, to [\d.]+, light\.$/);
  const { second } = await model.activations(images, ['second']);
  const brightest = second.slice([1], [1]).data.indexOf(second.slice([1], [1]).max().item());
  const all = await activationImages(model, images.slice([1], [1]), { layers: ['second'] });
  const at = Math.floor(brightest / 7) * 3;
  t.same([...all[0]!.images[brightest % 7]!.image.data.subarray(at, at + 3)], [0xfd, 0xf6, 0xe3]);
  await t.rejects(activationImages(model, images, { layers: ['dense'] }), {
    message: 'activationImages: the output of layer "dense" is [8], expected [height, width, channels]',
  });
  await t.rejects(activationImages(model, images, { most: 1.5 }), {
    message: 'activationImages: most must be a positive integer, got 1.5',
  });
});

t.test('saliency: the image and its maps beside each other', async t => {
  const grid = await saliencyImages(await insidesNetwork(), images, { classes: labels.data });
  t.equal(grid.images.length, 6);
  t.match(grid.images[0], { caption: 'class 1', image: { width: 4 * 9 + 3 * 2, height: 9, channels: 4 } });
  t.match(grid.description, /Grad-CAM at second/);
  t.match(grid.svg(), /^<svg /);
});

t.test('the network drawn: cards, blocks and ways', t => {
  const cards = networkCards(resnet({ depth: 8, shortcut: 'B' }));
  t.match(cards[1], {
    title: 'Conv2D 3×3 16',
    followers: ['BatchNormalization', 'ReLU'],
    parameters: 3 * 3 * 16 + 4 * 16,
    block: undefined,
  });
  t.match(cards[4], { kind: 'join', title: 'add, relu', path: 'residual', block: { className: 'Residual' } });
  const segments = networkLayout(cards, 5);
  t.same(
    segments.map(({ source, columns, rows }) => [source, columns, rows]),
    [
      ['input', 1, 5],
      ['residual', 2, 6],
      ['residual_2', 1, 2],
    ],
  );
  const places = segments.flatMap(({ cards }, i) => cards.map(({ row, column }) => `${i} ${row} ${column}`));
  t.equal(new Set(places).size, cards.length, 'no card lies upon another');
  for (const { source, cards } of segments) {
    const rows = new Map([[source, -1], ...cards.map(({ id, row }): [string, number] => [id, row])]);
    for (const { row, inputs } of cards)
      t.ok(
        inputs.every(id => rows.get(id)! < row),
        'all that feeds a card is above',
      );
  }
  const diagram = networkDiagram(alexnet({ width: 0.1 }));
  t.match(diagram.description, '15 layers one after the other, from 28×28×1 to 10, with ');
  t.match(diagram.svg({ theme: 'dark' }), 'Conv2D 5×5 25, relu</text>');
  t.notMatch(diagram.svg(), 'var(', 'all colours are resolved');
  t.match(diagram.table.rows.at(-1), ['dense_2', 'Dense', 'dropout_1', '10', '4,100']);
  t.throws(() => networkDiagram(new Sequential({ inputShape: [2] })), StateError);
  t.end();
});

t.test('an embedding: marks, rings and what does not go together', t => {
  const vectors = images.reshape([6, 81]);
  const given = { labels: labels.data, predicted: [1, 2, 0, 0, 1, 3], images, classNames: ['a', 'b', '<c>', 'd'] };
  const plot = embeddingPlot(vectors, given);
  t.same(
    plot.marks.map(({ text, isWrong }) => [text, isWrong]),
    [
      ...[
        ['b', false],
        ['<c>', false],
      ],
      ...[
        ['a', false],
        ['a', false],
        ['b', false],
      ],
      ['a, said d', true],
    ],
  );
  t.match(plot.description, /Those 1 that the network took for another class have a ring\.$/);
  t.match(plot.svg(), '>&lt;c</text>');
  t.throws(() => embeddingPlot(vectors, { labels: [1] }), {
    message: 'embeddingPlot: there are 6 vectors, but 1 labels; give one for each',
  });
  t.end();
});

t.test('a histogram in words', t => {
  const chart = histogramChart([0, 0, 1, 3, Number.NaN, Number.POSITIVE_INFINITY], { bins: 3 });
  t.equal(chart.description, '6 numbers, from 0 to 3, mean 1, deviation 1.22, 2 are 0, 1 are NaN, 1 are infinite');
  t.end();
});

t.test('a profile by layer and kind', t => {
  const row = (label: string, kernel: string, milliseconds: number): ProfileRow => {
    return { label, kernel, algorithm: '', milliseconds, share: milliseconds / 10, gflops: 2, bytes: 8 };
  };
  const rows = [
    ...[row('conv2d', 'conv2dForward', 1), row('conv2d', 'biasForward', 2), row('loss', 'crossEntropyForward', 1)],
    ...[row('conv2d', 'conv2dBackwardFilter', 4), row('optimizer', 'adam', 2)],
  ];
  t.same(
    groupedProfile(rows).map(({ label, kind, milliseconds, calls, gflops }) => [
      label,
      kind,
      milliseconds,
      calls,
      gflops,
    ]),
    [
      ...[
        ['conv2d', 'forward', 3, 2, 2],
        ['loss', 'loss', 1, 1, 2],
      ],
      ...[
        ['conv2d', 'backward', 4, 1, 2],
        ['optimizer', 'update', 2, 1, 2],
      ],
    ],
  );
  t.equal(profileChart(rows).description, '10 ms in all, 70% of it in conv2d.');
  t.end();
});

t.test('a report has the sections for which there is something to show', async t => {
  const model = await insidesNetwork();
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  const page = await renderReport({ model, data: { test: { images, labels } } });
  const all = ['network', 'filters', 'activations', 'saliency', 'embedding', 'weights', 'profile'];
  const shown = (text: string) => all.filter(id => text.includes(`<section id="${id}"`));
  t.same(shown(page), all);
  const plain = new Sequential({ inputShape: [9, 9, 1], seed: 1 }).add(flatten()).add(dense(1));
  t.same(shown(await renderReport({ model: plain })), ['network', 'weights']);
});
