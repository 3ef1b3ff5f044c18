/** Blocks of a file that know where they are before any is written: one names the place of another. */

/** A part of the file that is to be written. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
  write: (out: Writer) => void;
}

const alignment = 8;
const nothing = () => undefined;

export class Layout {
  readonly #blocks: Block[] = [];
  #end = 0;

  /** Bytes of the whole file so far. */
  get end(): number {
    return this.#end;
  }

  /** Takes room at the end. What `write` leaves out is zero. */
  place(bytes: number, write: (out: Writer) => void = nothing): Block {
    const block = { at: this.#end, bytes, write };
    this.#end += Math.ceil(bytes / alignment) * alignment;
    this.#blocks.push(block);
    return block;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.#end);
    for (const { at, bytes, write } of this.#blocks) write(new Writer(out.subarray(at, at + bytes)));
    return out;
  }
}

/** Writes little-endian numbers one behind the other. */
export class Writer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  skipTo(at: number): void {
    this.#at = at;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  u64(value: number | bigint): void {
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
  }

  raw(bytes: ArrayLike<number>): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Letters of ASCII. */
  text(letters: string): void {
    this.raw(new TextEncoder().encode(letters));
  }
}
