/** Heaps of `simd`: each a WebAssembly memory that grows, with an instance of the kernels for it. */
import { reservedBytes, type SimdExports } from '../../kernels/simd/index.binding.ts';
import { alignedBytes, alignment } from '../plan/memory.ts';
import { AddressSpace, type Allocation, type Heap, NoRoomError, numbersView, WorkMemory } from './heap.ts';
import { instantiateKernels } from './kernels-file.ts';
import type { CompiledKernels } from './revectorize.ts';

const pageBytes = 65536;
/** What WebAssembly can address, less a page: an address behind the last byte would be 0 again. */
const mostPages = 65535;
/** Memory that is shared by threads needs its limit in advance; some devices refuse large ones. */
const limits = [mostPages, 32768, 16384, 4096];

/** A vector that is loaded at the end of a tensor may reach a little beyond it. */
const overreach = alignment;

export class SimdHeap implements Heap {
  users = 0;
  readonly isCollected = false;
  readonly work: WorkMemory;
  readonly memory: WebAssembly.Memory;
  /** Whether threads can work in it. */
  readonly isShared: boolean;
  #kernels: CompiledKernels | undefined;
  #instance: Promise<SimdExports> | undefined;
  readonly #limitBytes: number;
  // Address 0 is not among the operands', as it means "nowhere" to the kernels.
  readonly #space = new AddressSpace(alignedBytes(reservedBytes));

  constructor(isShared: boolean) {
    const { memory, pages } = isShared
      ? sharedMemory()
      : { memory: new WebAssembly.Memory({ initial: 1 }), pages: mostPages };
    this.memory = memory;
    this.isShared = isShared;
    this.#limitBytes = pages * pageBytes;
    this.work = new WorkMemory(this);
  }

  /** Bytes that it has taken of the system. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Bytes that can still be had. */
  get room(): number {
    return this.#limitBytes - this.#space.end;
  }

  /** Kernels in this memory. */
  instanceOf(kernels: CompiledKernels): Promise<SimdExports> {
    if (this.#kernels !== kernels || this.#instance === undefined) {
      this.#kernels = kernels;
      this.#instance = instantiateKernels(kernels, this.memory);
    }
    return this.#instance;
  }

  allocate(bytes: number): Allocation {
    const { memory } = this;
    const space = this.#space;
    const taken = alignedBytes(bytes + overreach);
    const start = space.take(taken);
    try {
      this.#grow(space.end, bytes);
    } catch (error) {
      space.give(start, taken);
      throw error;
    }
    let isFree = false;
    return {
      bytes,
      view: (dtype, offset, length) => numbersView(dtype, memory.buffer, start + offset, length),
      scratch: (offset, size) => new Float64Array(memory.buffer, start + offset, Math.ceil(size / 8)),
      free() {
        if (!isFree) space.give(start, taken);
        isFree = true;
      },
    };
  }

  #grow(end: number, bytes: number): void {
    const missing = Math.ceil(end / pageBytes) - this.memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    if (end > this.#limitBytes) throw new NoRoomError(bytes, this.#limitBytes);
    try {
      this.memory.grow(missing);
    } catch {
      throw new NoRoomError(bytes, this.memory.buffer.byteLength);
    }
  }
}

/** Shared memory with the largest limit that can be had. */
function sharedMemory(): { memory: WebAssembly.Memory; pages: number } {
  for (const pages of limits) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum: pages, shared: true }), pages };
    } catch (error) {
      if (pages === limits.at(-1)) throw error;
    }
  }
  throw new RangeError('there is no limit for shared memory');
}
