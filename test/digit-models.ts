import { conv2d, dense, flatten, maxPooling2d, rescaling, Sequential } from 'inkling';

/** The network of the first of the programs that Inkling replaces: 693,962 parameters. */
export function modelA(seed: number): Sequential {
  return new Sequential(
    [
      rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      maxPooling2d(2),
      flatten(),
      dense({ units: 128, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed },
  );
}
