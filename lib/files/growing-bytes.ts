const firstBytes = 2 ** 16;
/** A server may promise what it likes: more is taken once it has come. */
const mostAtFirst = 2 ** 28;

/** Bytes to which more are appended. */
export class GrowingBytes {
  #bytes: Uint8Array;
  length = 0;

  constructor(promised: number = firstBytes) {
    this.#bytes = new Uint8Array(Math.min(Number.isSafeInteger(promised) ? promised : firstBytes, mostAtFirst));
  }

  /** Adds a piece behind the others. */
  append(piece: Uint8Array): void {
    const end = this.length + piece.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, Math.ceil(this.#bytes.length * 1.5)));
      larger.set(this.whole());
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.length);
    this.length = end;
  }

  /** All of them, not copied: a view that does not see what is appended later. */
  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
