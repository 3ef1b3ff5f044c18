import { conv2d, dense, flatten, maxPooling2d, Sequential } from 'inkling';

/** The network of the first of the programs that Inkling replaces: 693,962 parameters. */
export function modelA(seed: number): Sequential {
  return new Sequential(
    [
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      maxPooling2d(2),
      flatten(),
      dense({ units: 128, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed },
  );
}
