import { cos, log } from '../../kernels/math.ts';
import { philox4x32 } from '../../kernels/random.ts';
import { OptionError } from '../errors.ts';

const twoPi = 2 * Math.PI;

/** A seed must be a whole number that JavaScript holds exactly. Throws OptionError. */
export function checkedSeed(who: string, seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError(`${who}: seed must be a safe integer of 0 or more, got ${seed}`);
  }
  return seed;
}

/** A seed for those who give none, of 32 bits, so that it is easy to write down. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/**
 * Random numbers by position: draw i of a stream depends on seed, stream and i alone, whatever else is drawn and in
 * whatever order. Streams of one seed are independent of each other.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream: number;
  readonly #words = new Uint32Array(4);
  /** The counter whose words are in #words. */
  #drawn = -1;

  /** A stream is named by a number or by a text. Throws OptionError for a seed that is not a safe integer >= 0. */
  constructor(seed: number, stream: number | string) {
    checkedSeed('RandomStream', seed);
    this.#key0 = (seed % 2 ** 32) | 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#stream = typeof stream === 'number' ? stream | 0 : hash(stream);
  }

  /** 32 random bits. */
  bits(index: number): number {
    const counter = Math.floor(index / 4);
    if (counter !== this.#drawn) {
      philox4x32(this.#words, counter | 0, Math.floor(counter / 2 ** 32), this.#stream, 0, this.#key0, this.#key1);
      this.#drawn = counter;
    }
    return this.#words[index % 4]!;
  }

  /** Uniform in 0 <= u < 1, a multiple of 2^-24, which float32 holds exactly. */
  uniform(index: number): number {
    return (this.bits(index) >>> 8) * 2 ** -24;
  }

  /** Fills an array with min + (max - min) u, where u of element i is `uniform(i)`. */
  fillUniform(out: Float32Array, min: number, max: number): void {
    const [words, range] = [this.#words, max - min];
    for (let i = 0, counter = 0; i < out.length; counter++) {
      philox4x32(words, counter | 0, Math.floor(counter / 2 ** 32), this.#stream, 0, this.#key0, this.#key1);
      for (let word = 0; word < 4 && i < out.length; word++) out[i++] = min + range * ((words[word]! >>> 8) * 2 ** -24);
    }
    this.#drawn = -1;
  }

  /** Standard normal (Box and Muller 1958), from the uniform draws 2 index and 2 index + 1. */
  normal(index: number): number {
    // 1 - u lies in 0 < ... <= 1, where the logarithm is finite.
    const radius = Math.sqrt(-2 * log(1 - this.uniform(2 * index)));
    return radius * cos(twoPi * this.uniform(2 * index + 1));
  }

  /** A whole number in 0 <= n < below, for below <= 2^32; its bias is less than below / 2^32. */
  integer(index: number, below: number): number {
    return Math.floor((this.bits(index) / 2 ** 32) * below);
  }

  /** Puts the elements into random order (Fisher and Yates). */
  shuffle(elements: Uint32Array): void {
    for (let last = elements.length - 1; last > 0; last--) {
      const chosen = this.integer(last, last + 1);
      const element = elements[last]!;
      elements[last] = elements[chosen]!;
      elements[chosen] = element;
    }
  }
}

/** FNV-1a over the UTF-16 units: 32 bits that tell streams apart by name. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
