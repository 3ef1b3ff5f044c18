/** The computations behind the pictures of a network's inside, against TensorFlow and numpy. */
import { dense, flatten, Sequential, tensor, zeros } from 'inkling';
import t, { type Test } from 'tap';
import { uniform } from '../../test/golden/inputs.ts';
import { insidesData, insidesNetwork, readInsides } from '../../test/golden/insides.ts';
import { colouredImage } from '../report/analysis/colours.ts';
import { lastHiddenLayer } from '../report/analysis/layers.ts';
import { resizedMaps } from '../report/analysis/saliency.ts';
import { convolutionFilters, histogramOf, principalComponents, saliencyMaps, unitActivity } from '../report/index.ts';

const golden = readInsides();
const { images, labels } = insidesData();

function agree(t: Test, got: ArrayLike<number>, expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)));
  t.equal(got.length, expected.length, what);
  t.ok(apart <= 5e-6 * scale, `${what}: ${apart} apart of ${scale}`);
}

t.test(`saliency and Grad-CAM: ${golden.madeBy}`, async t => {
  const model = await insidesNetwork();
  const maps = await saliencyMaps(model, images, { classes: labels.data });
  t.equal(maps.layer, 'second');
  t.same(maps.gradCam!.shape, [6, 4, 4]);
  agree(t, maps.gradient.data, golden.gradient, 'gradient');
  agree(t, maps.gradientTimesInput.data, golden.gradientTimesInput, 'gradient times input');
  agree(t, maps.gradCam!.data, golden.gradCam['second']!, 'Grad-CAM');
  agree(t, resizedMaps(maps.gradCam!, 9, 9).data, golden.gradCamResized, 'Grad-CAM in the size of the image');
  const first = await saliencyMaps(model, images, { classes: labels.data, layer: 'conv2d' });
  agree(t, first.gradCam!.data, golden.gradCam['first']!, 'Grad-CAM of the first layer');
  t.same((await saliencyMaps(model, images)).classes, golden.predicted);
  await t.rejects(saliencyMaps(model, images, { layer: 'dense' }), {
    message: 'saliencyMaps: the output of layer "dense" is [8], expected [height, width, channels]',
  });
  const flat = new Sequential({ inputShape: [3] }).add(dense(2));
  await t.rejects(saliencyMaps(flat, zeros([1, 3])), {
    message: 'saliencyMaps: expected a model from [height, width, channels] to [classes], got one from [3] to [2]',
  });
  const without = new Sequential({ inputShape: [9, 9, 1], seed: 1 }).add(flatten()).add(dense(4));
  t.same(Object.keys(await saliencyMaps(without, images)), ['classes', 'gradient', 'gradientTimesInput']);
});

t.test('the filters of a convolution', async t => {
  const model = await insidesNetwork();
  const [first, second] = await convolutionFilters(model);
  const kernel = uniform('insides/2', { shape: [3, 3, 5, 7] });
  t.match(first, { layer: 'conv2d', count: 5, channels: 1, height: 3, width: 3 });
  t.match(second, { layer: 'second', count: 7, channels: 5, largest: Math.max(...kernel.map(Math.abs)) });
  t.equal(second!.weight(6, 2, 1, 4), kernel[((2 * 3 + 1) * 5 + 4) * 7 + 6]);
});

t.test(`principal components: ${golden.madeBy}`, t => {
  const drawn = uniform('insides/points', { shape: [40, 12] });
  const mixing = uniform('insides/mixing', { shape: [12, 12] });
  const points = tensor(drawn, [40, 12]).matmul(tensor(mixing, [12, 12]));
  const found = principalComponents(points);
  agree(t, found.points.data, golden.projection.points, 'points');
  agree(t, found.axes.data, golden.projection.axes, 'axes');
  agree(t, found.shares, golden.projection.shares, 'shares');
  t.same(principalComponents(zeros([3, 4])).shares, [0, 0], 'points that are all the same');
  const line = principalComponents(tensor([0, 0, 1, 1, 2, 2, 3, 3], [4, 2]));
  agree(t, line.shares, [1, 0], 'points on a line');
  t.throws(() => principalComponents(zeros([1, 4])), {
    message: 'principalComponents: expected points as [N, D] with at least 2 of each, got [1, 4]',
  });
  t.end();
});

t.test(`histogram: ${golden.madeBy}`, t => {
  const values = uniform('insides/special', { shape: [200] });
  for (const i of [3, 50, 60]) values[i] = 0;
  for (const i of [7, 8]) values[i] = Number.NaN;
  values[9] = Number.POSITIVE_INFINITY;
  const { counts, edges, mean, deviation, zeros, nan, infinite, total } = histogramOf(values, 10);
  const expected = golden.histogram;
  t.same({ counts, zeros, nan, infinite, total }, { ...pick(expected), total: 200 });
  agree(t, edges, expected.edges, 'edges');
  agree(t, [mean, deviation], [expected.mean, expected.deviation], 'mean and deviation');
  t.same(histogramOf([2, 2], 2).counts, [0, 2], 'one number, in the upper half of 1.5 to 2.5');
  t.same(histogramOf([Number.NaN], 2).counts, [0, 0]);
  t.same(histogramOf([0, 0.5, 1, 2], 2, [0, 1]).counts, [1, 2], 'in a range');
  t.throws(() => histogramOf([1], 0), { message: 'histogramOf: bins must be a positive integer, got 0' });
  t.end();
});
const pick = ({ counts, zeros, nan, infinite }: typeof golden.histogram) => ({ counts, zeros, nan, infinite });

t.test(`units that fire, and that never do: ${golden.madeBy}`, async t => {
  const activity = await unitActivity(await insidesNetwork(), images);
  const names = ['first', 'second', 'hidden'];
  t.same(
    activity.map(({ layer }) => layer),
    ['conv2d', 'second', 'dense'],
  );
  for (const [i, { firing, dead }] of activity.entries()) {
    agree(t, firing, golden.firing[names[i]!]!, names[i]!);
    t.equal(dead.length, golden.dead[names[i]!]);
  }
  t.same(await unitActivity(new Sequential({ inputShape: [9, 9, 1] }).add(flatten()), images), []);
});

t.test('the last hidden layer is what the scores are made of', async t => {
  t.equal(lastHiddenLayer(await insidesNetwork()), 'dense');
  t.equal(lastHiddenLayer(new Sequential({ inputShape: [3] }).add(dense(2))), undefined);
  t.end();
});

t.test('numbers become colours: the ends of a scale, its middle, and what is no number', t => {
  const [blue, pale, orange, grey] = [
    [0x14, 0x2a, 0x70],
    [0xf4, 0xf3, 0xef],
    [0x8a, 0x3c, 0x00],
    [0x80, 0x80, 0x80],
  ] as const;
  const signs = colouredImage([-2, 0, 2, Number.NaN], { width: 4, height: 1, scale: 'signs', most: 2 });
  t.same([...signs.data], [...blue, ...pale, ...orange, ...grey]);
  const amounts = colouredImage([0, 5], { width: 2, height: 1, scale: 'amounts', most: 2 });
  t.same([...amounts.data], [0x0b, 0x10, 0x26, 0xfd, 0xf6, 0xe3]);
  const nothing = colouredImage([0], { width: 1, height: 1, scale: 'signs', most: 0 });
  t.same([...nothing.data], pale);
  t.end();
});
