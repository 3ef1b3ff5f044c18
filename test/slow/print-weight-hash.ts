/** Prints the weight hash of the digit training; run under other versions of Node, which strip the types themselves. */
import { trainDigits, weightHash } from '../model/digit-training.ts';

console.log(weightHash((await trainDigits(7)).getWeights()));
