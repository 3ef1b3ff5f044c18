import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import t from 'tap';
import { crc32, crc32c } from '../../lib/files/crc.ts';
import { encodePng } from '../../lib/files/png.ts';
import { fileBegin } from '../../lib/formats/tensor-board/events.ts';
import { histogramOf } from '../../lib/formats/tensor-board/histogram.ts';
import { imageOfWeights, pixelsOf } from '../../lib/formats/tensor-board/images.ts';
import { TensorBoard as CoreTensorBoard, dense, randomNormal, Sequential, tensor } from '../../lib/index.ts';
import { TensorBoard } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

t.test('checksums, beside the check values that their standards give', async t => {
  t.equal(crc32(ascii('123456789')), 0xcbf43926);
  t.equal(crc32c(ascii('123456789')), 0xe3069283);
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa, 'RFC 3720, B.4: 32 bytes of zeros');
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43, 'RFC 3720, B.4: 32 bytes of ones');
});

t.test('a file begins with what TensorFlow writes', async t => {
  // tf.io.TFRecordWriter on tf.compat.v1.Event(wall_time=1.5, file_version='brain.Event:2').SerializeToString()
  const bytes = '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a32';
  const begin = Buffer.from(fileBegin(1.5));
  t.equal(begin.subarray(0, 8).toString('hex'), bytes.slice(0, 16), 'the length');
  t.equal(begin.subarray(8, 12).toString('hex'), bytes.slice(16, 24), 'its masked checksum');
  t.equal(begin.subarray(12, 36).toString('hex'), bytes.slice(24), 'the event');
  t.equal(begin.length, 40);
});

t.test('PNG files, read by another library', async t => {
  for (const channels of [1, 3, 4] as const) {
    const [height, width] = [130, 301];
    const data = Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    const read = PNG.sync.read(Buffer.from(encodePng({ height, width, channels, data })));
    t.same([read.height, read.width], [height, width]);
    const expected = Buffer.alloc(height * width * 4, 255);
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < 3; c++) expected[4 * i + c] = data[i * channels + (channels === 1 ? 0 : c)]!;
      if (channels === 4) expected[4 * i + 3] = data[i * 4 + 3]!;
    }
    t.ok(read.data.equals(expected), `${channels} channels`);
  }
});

t.test('histograms', async t => {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY];
  const found = histogramOf([0, 30, 0.5, 1, 29.5, ...odd])!;
  t.match(found, { min: 0, max: 30, count: 5, sum: 61, sumOfSquares: 0.25 + 1 + 900 + 870.25 });
  t.same(
    found.limits,
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  t.same([found.counts[0], found.counts[1], found.counts[29]], [2, 1, 2]);
  t.same(histogramOf([2, 2]), { min: 2, max: 2, count: 2, sum: 4, sumOfSquares: 8, limits: [2], counts: [2] });
  t.equal(histogramOf(odd), undefined);
});

t.test('images of tensors and of weights', async t => {
  t.same(
    pixelsOf(
      'a',
      tensor([
        [[0], [0.5]],
        [[1], [2]],
      ]),
    ).data,
    Uint8Array.of(0, 128, 255, 255),
  );
  t.same(pixelsOf('a', tensor(Uint8Array.of(7, 8, 9), [1, 1, 3])), {
    height: 1,
    width: 1,
    channels: 3,
    data: Uint8Array.of(7, 8, 9),
  });
  t.equal(
    errorOf(() => pixelsOf('TensorBoard.image', tensor([[1, 2]]))),
    'ShapeError: TensorBoard.image: an image is [height, width, channels] with 1, 3 or 4 channels, got [1, 2]',
  );
  t.same(imageOfWeights(tensor([-1, 0, 1])), { height: 1, width: 3, channels: 1, data: Uint8Array.of(0, 128, 255) });
  t.same(imageOfWeights(tensor([[3, 3]]))?.data, Uint8Array.of(0, 0));
  const kernel = tensor(
    Float32Array.from({ length: 256 }, (_, i) => i),
    [2, 4, 4, 8],
  );
  const { height, width, data } = imageOfWeights(kernel)!;
  t.same([height, width], [8, 32]);
  // Element [i, j, input, filter] stands at row input * 2 + i and column filter * 4 + j.
  t.equal(data[(3 * 2 + 1) * 32 + 5 * 4 + 2], ((1 * 4 + 2) * 4 + 3) * 8 + 5);
  t.equal(imageOfWeights(tensor([Number.NaN])), undefined);
});

t.test('files of a training, in the folders that Keras has', async t => {
  const logDir = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(logDir, { recursive: true }));
  const x = randomNormal([6, 3], { seed: 2 });
  const model = new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 4 });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const callback = new TensorBoard({
    logDir,
    histogramFreq: 1,
    writeImages: true,
    updateFreq: 'batch',
    writeStepsPerSecond: true,
  });
  await model.fit(x, x.slice([0, 0], [6, 2]), {
    batchSize: 4,
    epochs: 2,
    verbose: 0,
    validationData: [x, x.slice([0, 0], [6, 2])],
    callbacks: [callback],
  });
  t.same((await readdir(logDir)).sort(), ['train', 'validation']);
  const [train, ...more] = await readdir(join(logDir, 'train'));
  t.match(train, /^events\.out\.tfevents\.\d{10}\.inkling\./);
  t.same(more, []);
  const text = (await readFile(join(logDir, 'train', train!))).toString('latin1');
  for (const tag of [
    'epoch_loss',
    'epoch_learning_rate',
    'epoch_steps_per_second',
    'batch_loss',
    'dense/kernel/histogram',
    'dense/bias/image',
  ]) {
    t.ok(text.includes(tag), tag);
  }
});

t.test('what is refused', async t => {
  t.equal(
    errorOf(() => Reflect.construct(CoreTensorBoard, [])),
    'OptionError: TensorBoard: expected a function (file, bytes) => ..., got undefined',
  );
  t.match(
    errorOf(() => Reflect.construct(TensorBoard, [{ histogramFrequency: 1 }])),
    /^OptionError: unknown option of TensorBoard "histogramFrequency"/,
  );
  const board = new CoreTensorBoard(() => undefined);
  t.equal(
    await rejectionOf(board.scalar('a', 1, -1)),
    'OptionError: TensorBoard.scalar: step must be an integer of 0 or more, got -1',
  );
  t.equal(await rejectionOf(board.scalar('', 1, 1)), 'OptionError: TensorBoard.scalar: tag must be a text, got ""');
});
