import { Tensor } from 'inkling';
import { PNG } from 'pngjs';
import t from 'tap';
import {
  Chart,
  DrawnDigits,
  ImageGrid,
  labelDistribution,
  meanImageGrid,
  predictionGrid,
  sampleGrid,
} from '../report/index.ts';
import { ImageSheet } from '../report/pictures/image-sheet.ts';
import { encodePng, imageReader, type PixelImage, shrunk } from '../report/pictures/pixels.ts';

const grey = (width: number, height: number, ...data: number[]): PixelImage => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});

/** The share of pixels in a part of a PNG that differ from its upper left corner. */
function inkOf(png: PNG, left: number, top: number, width: number, height: number): number {
  const at = (x: number, y: number) => png.data.readUInt32BE((y * png.width + x) * 4);
  const ground = at(left, top);
  let ink = 0;
  for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) if (at(x, y) !== ground) ink++;
  return ink / (width * height);
}

t.test('a PNG has the size that was asked for, and its texts can be seen', async t => {
  const chart = labelDistribution([0, 1, 1, 1], { classNames: ['circles', 'squares'], title: 'Shapes' });
  const png = PNG.sync.read(Buffer.from(await chart.png({ width: 400, height: 300, scale: 2 })));
  t.same([png.width, png.height], [800, 600]);
  const title = inkOf(png, 20, 10, 200, 60);
  t.ok(title > 0.02 && title < 0.5, `${title} of the title's place is ink`);
  const names = inkOf(png, 60, 560, 700, 40);
  t.ok(names > 0.005 && names < 0.3, `${names} of the place of the names below the bars is ink`);
  const nothing = inkOf(png, 400, 10, 380, 60);
  t.equal(nothing, 0, 'beside the title there is nothing');
  await t.rejects(chart.png({ scale: 0 }), { message: 'png: scale must be above 0 and at most 8, got 0' });
});

t.test('an option of echarts is plain JSON, with colours and formats by name', async t => {
  const { views } = labelDistribution([0, 1]);
  t.same(
    views.map(({ name }) => name),
    ['Bars', 'Horizontal', 'Pie'],
  );
  for (const { option } of views) t.same(JSON.parse(JSON.stringify(option)), option);
  t.throws(() => new Chart({ title: 'Red', description: 'None.', option: { color: 'color:red' } }).svg(), {
    message: 'there is no colour "red" in the theme',
  });
});

t.test('pixels come back from a PNG as they were', async t => {
  const color: PixelImage = { width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0, 1, 2, 3) };
  const read = (image: PixelImage) => [...PNG.sync.read(Buffer.from(encodePng(image))).data];
  t.same(read(color), [255, 0, 0, 255, 1, 2, 3, 255]);
  t.same(read(grey(1, 2, 7, 200)), [7, 7, 7, 255, 200, 200, 200, 255]);
  t.same(read({ width: 1, height: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 4) }), [1, 2, 3, 4]);
  t.throws(() => encodePng({ ...color, channels: 2 }), {
    name: 'ShapeError',
    message: 'expected 2x1 pixels of 1, 3 or 4 channels, got 6 numbers for 2 channels',
  });
});

t.test('images of numbers up to 1 are shown as 0 to 255, and large ones made smaller by means', async t => {
  const images = new Tensor([2, 1, 2], 'float32', Float32Array.of(0, 1, 0.5, 0.25));
  t.same([...imageReader(images)(1).data], [128, 64]);
  t.same(shrunk(grey(4, 2, 0, 10, 20, 30, 40, 50, 60, 70), 2), {
    ...{ width: 2, height: 1, channels: 1 },
    data: Uint8ClampedArray.of(25, 45),
  });
  t.throws(() => imageReader(new Tensor([2, 2], 'float32', new Float32Array(4))), {
    name: 'ShapeError',
    message:
      'expected images as [N, height, width] or [N, height, width, channels] with 1, 3 or 4 channels, got [2, 2]',
  });
});

t.test('a sheet has every image in its place', async t => {
  const sheet = new ImageSheet([grey(1, 1, 1), grey(1, 1, 2), grey(1, 1, 3)]);
  const [, base64 = ''] = sheet.style().text.match(/base64,([^)]*)\)/) ?? [];
  const png = PNG.sync.read(Buffer.from(base64, 'base64'));
  t.same([png.width, png.height], [2, 2]);
  t.same(
    [0, 4, 8, 12].map(at => png.data[at]),
    [1, 2, 3, 0],
  );
  t.same(
    [0, 1, 2].map(i => sheet.position(i)),
    ['0% 0%', '100% 0%', '0% 100%'],
  );
  t.match(sheet.image(1, 'A <1>').text, 'role="img" aria-label="A &lt;1&gt;" style="background-position:100% 0%"');
  t.throws(() => new ImageSheet([grey(1, 1, 1), grey(2, 1, 1, 2)]), {
    message: 'image sheet: image 1 has 2x1 pixels of 1 channels, the first 1x1 of 1; all must have the same',
  });
});

t.test('grids of examples, mean images, predictions and drawings say what they show', async t => {
  const images = new Tensor([3, 1, 2, 1], 'uint8', Uint8Array.of(0, 100, 200, 50, 10, 20));
  const labels = [1, 1, 0];
  const samples = sampleGrid(images, labels, { count: 1 });
  t.same(
    samples.images.map(({ image, caption }) => [[...image.data], caption]),
    [
      [[10, 20], '0'],
      [[0, 100], '1'],
    ],
  );
  const means = meanImageGrid(images, labels, { classNames: ['no', 'yes'] });
  t.same(
    means.images.map(({ image, caption }) => [[...image.data], caption]),
    [
      [[10, 20], 'no'],
      [[100, 75], 'yes'],
    ],
  );
  const outputs = new Tensor([3, 2], 'float32', Float32Array.of(0.75, 0.25, 0.5, 0.5, 1, 0));
  const first = predictionGrid(images, labels, outputs, { count: 3 });
  t.same(
    first.images.map(({ caption, note, tone }) => [caption, note, tone]),
    [
      ['said 0: 75%', 'is 1: 25%', 'wrong'],
      ['said 0: 50%', 'is 1: 50%', 'wrong'],
      ['said 0: 100%', 'right', 'right'],
    ],
  );
  t.equal(predictionGrid(images, labels, outputs, { show: 'worst' }).images.length, 2);
  t.throws(() => predictionGrid(images, [1], outputs), {
    message: 'predictionGrid: 3 images and 1 labels, but probabilities of [3, 2]; expected [1, classes]',
  });
  const drawn = new DrawnDigits([
    { drawn: grey(1, 1, 0), seen: grey(1, 1, 255), probabilities: [0.25, 0.75], label: 0 },
  ]);
  t.equal(drawn.description, 'A digit: said 1 with 75%, is 0.');
  t.match(drawn.svg(), 'said 1 with 75%, is 0</text>');
  t.throws(() => new ImageGrid({ title: 'None', description: '', images: [] }), {
    message: 'image grid "None": there are no images; give at least one',
  });
});
