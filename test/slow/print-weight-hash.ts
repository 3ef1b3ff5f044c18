/** Prints the weight hashes of the digit training; run under other versions of Node, which strip the types themselves. */
import { trainDigits, weightHash } from '../model/digit-training.ts';

for (const backend of ['loops', 'simd'] as const) {
  console.log(weightHash(await (await trainDigits(7, backend)).getWeights()));
}
