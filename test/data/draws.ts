import type { RandomStream } from '../../lib/random/random.ts';

/** The numbers of a stream one after the other. */
export class Draws {
  readonly #stream: RandomStream;
  #next = 0;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  uniform(): number {
    return this.#stream.uniform(this.#next++);
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }
  integer(below: number): number {
    return Math.floor(below * this.uniform());
  }
  /** Two whole numbers in either order. */
  shuffled(a: number, b: number): [number, number] {
    const [first, second] = [Math.round(a), Math.round(b)];
    return this.uniform() < 0.5 ? [first, second] : [second, first];
  }
}
