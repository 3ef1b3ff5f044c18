import t from 'tap';
import { loops } from '../../kernels/loops/index.ts';

const none = new Float64Array(0);

t.test('extreme logits neither overflow nor lose the loss', async t => {
  const logits = Float32Array.of(1000, -1000, 0, -1e30, 1e30, 0);
  const targets = Float32Array.of(0, 1, 0, 0, 1, 0);
  const loss = new Float32Array(2);
  const probabilities = new Float32Array(6);
  loops.softmaxCrossEntropyForward({ loss, probabilities }, { logits, targets }, { rows: 2, columns: 3 }, none);
  t.same([...loss], [2000, 0]);
  t.same([...probabilities], [1, 0, 0, 0, 1, 0]);
  const one = new Float32Array(1);
  const two = new Float32Array(2);
  loops.sigmoidBinaryCrossEntropyForward(
    { loss: one, probabilities: two },
    { logits: Float32Array.of(800, -800), targets: Float32Array.of(0, 1) },
    { rows: 1, columns: 2 },
    none,
  );
  t.same([...one], [800]);
  t.same([...two], [1, 0]);
});

t.test('NaN stays NaN', async t => {
  const x = Float32Array.of(Number.NaN);
  for (const kernel of ['reluForward', 'sigmoidForward', 'tanhForward', 'expForward', 'absForward'] as const) {
    const y = new Float32Array(1);
    loops[kernel]({ y }, { x }, { size: 1 }, none);
    t.ok(Number.isNaN(y[0]), kernel);
  }
});

t.test('dropout keeps the share that it should, and every draw has its own place', async t => {
  const size = 100_000;
  const x = new Float32Array(size).fill(1);
  const random = Int32Array.of(1, 2, 3, 4);
  const mask = ({ rate, stream }: { rate: number; stream: number }, draws = random) => {
    const y = new Float32Array(size);
    loops.dropoutForward({ y }, { x, random: draws, rate: Float32Array.of(rate) }, { size, stream }, none);
    return y;
  };
  for (const rate of [0.1, 0.5, 0.8]) {
    const y = mask({ rate, stream: 0 });
    const kept = y.filter(value => value !== 0).length / size;
    t.ok(Math.abs(kept - (1 - rate)) < 0.005, `rate ${rate}: ${kept} kept`);
    t.ok(y.every(value => value === 0 || value === Math.fround(1 / (1 - Math.fround(rate)))));
  }
  const agreement = (other: Float32Array) => other.filter((value, i) => value === base[i]).length / size;
  const base = mask({ rate: 0.5, stream: 0 });
  t.equal(agreement(mask({ rate: 0.5, stream: 0 })), 1);
  t.ok(Math.abs(agreement(mask({ rate: 0.5, stream: 1 })) - 0.5) < 0.01, 'another stream');
  t.ok(Math.abs(agreement(mask({ rate: 0.5, stream: 0 }, Int32Array.of(1, 2, 4, 4))) - 0.5) < 0.01, 'another step');
});
