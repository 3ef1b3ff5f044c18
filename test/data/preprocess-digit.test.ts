import t from 'tap';
import {
  type Box,
  DataError,
  type DigitImage,
  OptionError,
  preprocessDigit,
  preprocessDigits,
  randomNormal,
  ShapeError,
  Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { mnist } from '../../lib/node.ts';
import { errorOf } from '../error-of.ts';

/** A seven of 12x16 pixels with its upper left corner at (left, top), in light ink on black. */
function seven(width: number, height: number, left: number, top: number): Uint8Array {
  const data = new Uint8Array(width * height);
  const ink = (x: number, y: number, value: number) => {
    data[(top + y) * width + left + x] = value;
  };
  for (let x = 0; x < 12; x++) for (let y = 0; y < 2; y++) ink(x, y, 255);
  for (let y = 2; y < 16; y++) for (let x = 0; x < 3; x++) ink(9 - Math.floor(y / 2) + x, y, x === 1 ? 255 : 180);
  return data;
}
const plain = { width: 40, height: 40, data: seven(40, 40, 5, 20) };
const expected = preprocessDigit(plain);

t.test('the ways to give an image lead to the same result', async t => {
  const { data } = plain;
  const shares = Float32Array.from(data, value => value / 255);
  const ways: { readonly [name: string]: DigitImage } = {
    'a tensor [H, W]': new Tensor([40, 40], 'uint8', data),
    'a tensor [H, W, 1]': new Tensor([40, 40, 1], 'uint8', data),
    'a tensor of int32': new Tensor([40, 40], 'int32', Int32Array.from(data)),
    RGB: { ...plain, channels: 3, data: Uint8Array.from({ length: 4800 }, (_, i) => data[Math.floor(i / 3)]!) },
    'shares of 1': { ...plain, data: shares },
    'shares of 1 in a tensor': new Tensor([40, 40], 'float32', shares),
    'white ink on a transparent canvas': {
      ...plain,
      data: Uint8ClampedArray.from({ length: 6400 }, (_, i) => (i % 4 === 3 ? data[Math.floor(i / 4)]! : 255)),
    },
    'gray and alpha': {
      ...plain,
      channels: 2,
      data: Uint8Array.from({ length: 3200 }, (_, i) => (i % 2 ? 255 : data[i / 2]!)),
    },
  };
  for (const [name, image] of Object.entries(ways)) t.strictSame(preprocessDigit(image).image, expected.image, name);
  t.notOk(expected.inverted);
  const dark = preprocessDigit({ ...plain, data: data.map(value => 255 - value) });
  t.strictSame(dark, { ...expected, inverted: true }, 'dark on light');
  const black = Uint8ClampedArray.from({ length: 6400 }, (_, i) => (i % 4 === 3 ? data[Math.floor(i / 4)]! : 0));
  const onTransparent = preprocessDigit({ ...plain, data: black });
  t.strictSame(onTransparent.image, expected.image, 'black ink on a transparent canvas');
  t.ok(onTransparent.inverted);
});

t.test('a tensor of bool', async t => {
  const mask = plain.data.map(value => (value > 200 ? 1 : 0));
  const result = preprocessDigit(new Tensor([40, 40], 'bool', mask));
  t.strictSame(result.image, preprocessDigit({ ...plain, data: mask.map(value => 255 * value) }).image);
});

t.test('where the digit lies and how large it is makes no difference', async t => {
  for (const [left, top] of [
    [1, 1],
    [27, 2],
    [12, 23],
  ] as const) {
    const moved = preprocessDigit({ ...plain, data: seven(40, 40, left, top) });
    t.strictSame(moved.image, expected.image, `at ${left}, ${top}`);
    t.strictSame(moved.box, { left, top, width: 12, height: 16 });
    t.ok(Math.abs(moved.centre.x - left - (expected.centre.x - 5)) < 1e-9);
    t.ok(Math.abs(moved.centre.y - top - (expected.centre.y - 20)) < 1e-9);
  }
  t.equal(expected.scale, 20 / 16);
  const large = { width: 2000, height: 1600, data: new Uint8Array(2000 * 1600) };
  const small = { width: 80, height: 64, data: seven(80, 64, 40, 20) };
  for (let y = 0; y < 1600; y++) {
    for (let x = 0; x < 2000; x++) large.data[y * 2000 + x] = small.data[Math.floor(y / 25) * 80 + Math.floor(x / 25)]!;
  }
  const { box, scale, image } = preprocessDigit(large);
  const near = (a: number, b: number) => Math.abs(a - b) <= 4;
  t.ok(
    near(box.left, 1000) && near(box.top, 500) && near(box.width, 300) && near(box.height, 400),
    JSON.stringify(box),
  );
  t.ok(Math.abs(scale - 20 / 400) < 0.001, `scale ${scale}`);
  const away = image.data.reduce((sum, value, i) => sum + Math.abs(value - expected.image.data[i]!), 0) / 784;
  t.ok(away < 8, `a mean difference of ${away} to the small one, which is interpolated where this one is averaged`);
});

t.test('the digit is fitted into 20x20, with its centre of mass in pixel [14, 14]', async t => {
  const { image } = expected;
  const bytes = Array.from(image.data);
  const mean = (along: (i: number) => number) =>
    bytes.reduce((sum, value, i) => sum + value * along(i), 0) / bytes.reduce((sum, value) => sum + value, 0);
  t.equal(Math.floor(mean(i => (i % 28) + 0.5)), 14);
  t.equal(Math.floor(mean(i => Math.floor(i / 28) + 0.5)), 14);
  const rows = bytes.flatMap((value, i) => (value > 0 ? [Math.floor(i / 28)] : []));
  const columns = bytes.flatMap((value, i) => (value > 0 ? [i % 28] : []));
  t.equal(Math.max(...rows) - Math.min(...rows) + 1, 20);
  t.equal(Math.max(...columns) - Math.min(...columns) + 1, 15, '12 of 16 are 15 of 20');
  t.equal(Math.max(...bytes), 255);
});

t.test('specks are left out, parts are not', async t => {
  const data = Uint8Array.from(plain.data);
  for (const pixel of [42, 43, 1500]) data[pixel] = 255;
  const clean = preprocessDigit({ ...plain, data });
  t.strictSame(clean, { ...expected, specks: 2 });
  const all = preprocessDigit({ ...plain, data }, { leastPart: 0 });
  t.strictSame(all.box, { left: 2, top: 1, width: 19, height: 37 });
  t.equal(all.specks, 0);
});

t.test('light that falls unevenly is taken out', async t => {
  const light = (x: number, y: number) => (220 - 2.5 * x - 0.6 * y) * (x + y > 45 ? 0.6 : 1);
  const noise = randomNormal([1600], { seed: 3, stddev: 3 }).data;
  const photograph = (data: Uint8Array) =>
    Uint8ClampedArray.from(data, (ink, i) => light(i % 40, Math.floor(i / 40)) * (1 - (0.6 * ink) / 255) + noise[i]!);
  const result = preprocessDigit({ ...plain, data: photograph(plain.data) });
  t.match(result, { flattened: true, inverted: true });
  const around = Object.entries(expected.box).map(([side, place]) => Math.abs(result.box[side as keyof Box] - place));
  t.ok(Math.max(...around) <= 1, `${JSON.stringify(result.box)}, in a photograph to a pixel`);
  const away = result.image.data.reduce((sum, value, i) => sum + Math.abs(value - expected.image.data[i]!), 0) / 784;
  t.ok(away < 15, `a mean difference of ${away} of 255 to the clean drawing`);
  t.equal(
    errorOf(() => preprocessDigit({ ...plain, data: photograph(plain.data) }, { flatten: false })),
    'DataError: preprocessDigit: nothing is drawn: no ink stands out in 40x40 pixels of brightness 57 to 223; give an image of one digit',
    'what varies as much as the ink hides it',
  );
});

t.test('MNIST images stay nearly as they are', async t => {
  const { test } = await mnist();
  const count = 300;
  const { images, digits } = preprocessDigits(
    Array.from({ length: count }, (_, i) => test.images.slice([i], [1]).reshape([28, 28, 1])),
  );
  t.strictSame(images.shape, [count, 28, 28, 1]);
  const given = test.images.data;
  const away = images.data.reduce((sum, value, i) => sum + Math.abs(value - given[i]!), 0) / images.size;
  t.ok(away < 0.6, `a mean difference of ${away} of 255`);
  t.notOk(digits.some(digit => digit.inverted || digit.flattened || digit.scale !== 1));
});

t.test('several images', async t => {
  const { images, digits } = preprocessDigits([plain, new Tensor([40, 40], 'uint8', plain.data)]);
  t.strictSame(images.shape, [2, 28, 28, 1]);
  t.strictSame(images.data, Uint8Array.from([...expected.image.data, ...expected.image.data]));
  t.strictSame(digits, [expected, expected]);
  t.strictSame(preprocessDigits(new Set([plain])).images.shape, [1, 28, 28, 1]);
  t.strictSame(preprocessDigits([]).images.shape, [0, 28, 28, 1]);
});

t.test('an image on which nothing is drawn', async t => {
  const blank = (brightness: string, what = 'preprocessDigit', size = '28x28') =>
    new DataError(
      `${what}: nothing is drawn: no ink stands out in ${size} pixels of brightness ${brightness}; give an image of one digit`,
    );
  const byte = (lightOf: (x: number, y: number, i: number) => number, side = 28): DigitImage => ({
    width: side,
    height: side,
    data: Uint8ClampedArray.from({ length: side * side }, (_, i) => lightOf(i % side, Math.floor(i / side), i)),
  });
  const noise = randomNormal([10_000], { seed: 1, mean: 128, stddev: 12 }).data;
  const shadowed = byte((x, y, i) => (noise[i]! + 90 - x / 2) * (x > y ? 0.6 : 1), 100);
  t.equal(
    errorOf(() => preprocessDigit(zeros([28, 28, 1], 'uint8'))),
    String(blank('0 to 0')),
  );
  t.equal(
    errorOf(() => preprocessDigit(byte(() => 255))),
    String(blank('255 to 255')),
  );
  t.equal(
    errorOf(() => preprocessDigit(byte(x => 100 + x))),
    String(blank('100 to 127')),
  );
  t.equal(
    errorOf(() => preprocessDigit({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 4) })),
    String(blank('255 to 255')),
  );
  t.equal(
    errorOf(() => preprocessDigit(byte((_x, _y, i) => noise[i]!, 100))),
    String(blank('84 to 172', undefined, '100x100')),
  );
  t.equal(
    errorOf(() => preprocessDigit(shadowed)),
    String(blank('75 to 253', undefined, '100x100')),
  );
  t.equal(
    errorOf(() => preprocessDigits([plain, byte(() => 9)])),
    String(blank('9 to 9', 'preprocessDigits: image 1')),
  );
});

t.test('what is no image', async t => {
  const digit = (image: unknown, options?: unknown) => () => preprocessDigit(image as DigitImage, options as object);
  const several = (images: unknown) => () => preprocessDigits(images as DigitImage[]);
  const pixels = (given: object) => digit({ ...plain, ...given });
  const refused: readonly [() => unknown, Error][] = [
    [digit(7), new OptionError('preprocessDigit: expected pixels { width, height, data } or a tensor, got 7')],
    [
      digit({}),
      new OptionError(
        'preprocessDigit: width and height must be whole numbers of at least 1, got undefined and undefined',
      ),
    ],
    [
      pixels({ data: [1, 2] }),
      new OptionError('preprocessDigit: data must be a Uint8Array, Uint8ClampedArray or Float32Array, got [1, 2]'),
    ],
    [
      pixels({ width: 41 }),
      new ShapeError('preprocessDigit: 1600 values are not those of 41x40 pixels with 1 to 4 channels'),
    ],
    [
      pixels({ channels: 3 }),
      new ShapeError('preprocessDigit: 1600 values are not those of 40x40 pixels with 3 channels'),
    ],
    [
      pixels({ data: new Float32Array(1600).fill(Number.NaN) }),
      new DataError('preprocessDigit: pixels must lie in 0 to 1 or in 0 to 255, got NaN'),
    ],
    [
      digit(tensor([[-1, 2]], undefined, 'int32')),
      new DataError('preprocessDigit: pixels must lie in 0 to 1 or in 0 to 255, got -1'),
    ],
    [digit(zeros([0, 28])), new ShapeError('preprocessDigit: an image of [0, 28] has no pixels')],
    [several('images'), new OptionError('preprocessDigits: expected an array of images, got "images"')],
    [
      several([plain, 'x']),
      new OptionError('preprocessDigits: image 1: expected pixels { width, height, data } or a tensor, got "x"'),
    ],
    [digit(plain, 3), new OptionError('preprocessDigit: expected an object with options, got 3')],
    [
      digit(plain, { inc: 'dark' }),
      new OptionError('unknown option of preprocessDigit "inc": did you mean "ink"? Known: ink, flatten, leastPart'),
    ],
    [
      digit(plain, { ink: 'drak' }),
      new OptionError('unknown ink of preprocessDigit "drak": did you mean "dark"? Known: auto, dark, light'),
    ],
    [digit(plain, { flatten: 1 }), new OptionError('preprocessDigit: flatten must be "auto", true or false, got 1')],
    [digit(plain, { leastPart: 2 }), new OptionError('preprocessDigit: leastPart must be in 0 to 1, got 2')],
  ];
  for (const [call, error] of refused) t.equal(errorOf(call), String(error));
});
