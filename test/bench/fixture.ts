import type { Machine } from '../../bench/machine.ts';
import type { Measurement } from '../../bench/peers/compare.ts';

export const machine: Machine = {
  cpu: 'Fast & Fine(R) CPU 9000',
  cores: 4,
  threads: 2,
  node: 'v24.1.0',
  date: '2026-11-21T10:00:00.000Z',
};

const line = (
  peer: string,
  mode: 'train' | 'infer',
  batch: number,
  imagesPerSecond: number,
  more = {},
): Measurement => ({
  ...{ peer, threads: 2, model: 'A', mode, batch, imagesPerSecond, ...more },
});

/** Three rounds of training, PyTorch in both memory formats, and one of inference. */
export const measurements: readonly Measurement[] = [
  line('inkling', 'infer', 1000, 80_000, { parameters: 693_962 }),
  line('onnxruntime-node', 'infer', 1000, 64_000),
  ...[9000, 12_000, 15_000].map(speed => line('inkling', 'train', 128, speed, { parameters: 693_962 })),
  ...[5000, 6000, 7000].map(speed => line('torch', 'train', 128, speed, { channelsLast: false })),
  ...[9000, 7500, 6000].map(speed => line('torch', 'train', 128, speed, { channelsLast: true })),
  ...[6000, 6500, 100_000].map(speed => line('keras', 'train', 128, speed, { parameters: 693_962 })),
];
