import type { OperandType } from '../../kernels/contract.ts';
import { BackendError } from '../errors.ts';
import type { Numbers } from './backend.ts';

/** Memory that was asked for and is not there. */
export class NoRoomError extends BackendError {
  readonly neededBytes: number;
  readonly limitBytes: number;

  constructor(neededBytes: number, limitBytes: number) {
    const [needed, limit] = [neededBytes, limitBytes].map(bytes => `${(bytes / 2 ** 20).toFixed(1)} MiB`);
    super(
      `${needed} of memory are needed, and ${limit} are all that can be had; use a smaller batch or a smaller model`,
    );
    this.neededBytes = neededBytes;
    this.limitBytes = limitBytes;
  }
}

/** A piece of a heap. */
export interface Allocation {
  readonly bytes: number;
  /** Numbers from a byte offset on. The view is valid until anything else is allocated. */
  view(dtype: OperandType, offset: number, length: number): Numbers;
  /** At least that many bytes from an offset on, which any kernel may use as it likes. */
  scratch(offset: number, bytes: number): Float64Array;
  free(): void;
}

/** Where the memories of many models lie. Only one run at a time goes on in it. */
export interface Heap {
  /** Memory with any content. Throws NoRoomError. */
  allocate(bytes: number): Allocation;
  /** Models that live in it. */
  users: number;
  /** The work memory that all plans share. */
  readonly work: WorkMemory;
  /** The bytes that live in it count as JavaScript's own if they are its own. */
  readonly isCollected: boolean;
}

const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

export function numbersView(dtype: OperandType, buffer: ArrayBufferLike, address: number, length: number): Numbers {
  const Numbers: new (buffer: ArrayBufferLike, address: number, length: number) => Numbers = arrays[dtype];
  return new Numbers(buffer, address, length);
}

/** Work memory of a heap: as large as the largest plan that was loaded, since runs follow one another. */
export class WorkMemory {
  readonly #heap: Pick<Heap, 'allocate'>;
  #allocation: Allocation | undefined;

  constructor(heap: Pick<Heap, 'allocate'>) {
    this.#heap = heap;
  }

  get allocation(): Allocation | undefined {
    return this.#allocation;
  }

  /** Memory of at least that many bytes, always the same until more are needed. Throws NoRoomError. */
  require(bytes: number): Allocation {
    if (this.#allocation !== undefined && this.#allocation.bytes >= bytes) return this.#allocation;
    // It is given back first, so that what follows it in the heap can be joined to it; nothing in it outlives a run.
    this.free();
    this.#allocation = this.#heap.allocate(bytes);
    return this.#allocation;
  }

  free(): void {
    this.#allocation?.free();
    this.#allocation = undefined;
  }
}

/** A piece of address space that is free. */
interface Gap {
  readonly start: number;
  readonly bytes: number;
}

/** Hands out addresses: the first gap that is large enough, and the end where there is none. */
export class AddressSpace {
  #gaps: Gap[] = [];
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** The first address that was never given, or is free up to the end. */
  get end(): number {
    return this.#end;
  }

  take(bytes: number): number {
    const index = this.#gaps.findIndex(gap => gap.bytes >= bytes);
    const gap = this.#gaps[index];
    if (gap === undefined) {
      const start = this.#end;
      this.#end += bytes;
      return start;
    }
    const rest = { start: gap.start + bytes, bytes: gap.bytes - bytes };
    this.#gaps.splice(index, 1, ...(rest.bytes > 0 ? [rest] : []));
    return gap.start;
  }

  give(start: number, bytes: number): void {
    const after = this.#gaps.findIndex(gap => gap.start > start);
    this.#gaps.splice(after < 0 ? this.#gaps.length : after, 0, { start, bytes });
    const joined: Gap[] = [];
    for (const gap of this.#gaps) {
      const last = joined.at(-1);
      if (last !== undefined && last.start + last.bytes === gap.start) {
        joined[joined.length - 1] = { start: last.start, bytes: last.bytes + gap.bytes };
      } else joined.push(gap);
    }
    const last = joined.at(-1);
    if (last !== undefined && last.start + last.bytes === this.#end) {
      this.#end = last.start;
      joined.pop();
    }
    this.#gaps = joined;
  }
}
