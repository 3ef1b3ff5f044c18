import fc from 'fast-check';
import t from 'tap';
import { AddressSpace } from '../../lib/backend/heap.ts';
import { SimdHeap } from '../../lib/backend/simd-heap.ts';
import { errorOf } from '../error-of.ts';

t.test('addresses that are taken never overlap, and what is given back is taken again', async t => {
  const action = fc.record({ bytes: fc.integer({ min: 1, max: 100 }), frees: fc.nat(9) });
  const property = fc.property(fc.array(action, { maxLength: 60 }), actions => {
    const space = new AddressSpace(64);
    const taken: { start: number; bytes: number }[] = [];
    for (const { bytes, frees } of actions) {
      const given = frees < taken.length ? taken.splice(frees, 1)[0] : undefined;
      if (given !== undefined) space.give(given.start, given.bytes);
      const start = space.take(bytes);
      if (start < 64 || start + bytes > space.end) return false;
      if (taken.some(other => start < other.start + other.bytes && other.start < start + bytes)) return false;
      taken.push({ start, bytes });
    }
    for (const { start, bytes } of taken) space.give(start, bytes);
    return space.end === 64;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 3, numRuns: 300 }));
});

t.test('a heap of WebAssembly grows, and its views see what was written before', async t => {
  for (const isShared of [false, true]) {
    const heap = new SimdHeap(isShared);
    const first = heap.allocate(400);
    first.view('float32', 0, 100).fill(7);
    const large = heap.allocate(10_000_000);
    large.view('float32', 0, 2_500_000).fill(8);
    t.ok(first.view('float32', 0, 100).every(value => value === 7));
    const { byteLength } = heap.memory.buffer;
    large.free();
    large.free();
    heap.allocate(9_000_000);
    t.equal(heap.memory.buffer.byteLength, byteLength, 'memory that was freed is used again');
  }
});

t.test('what cannot be had is refused with the limit, and the heap stays as it was', async t => {
  const heap = new SimdHeap(false);
  const before = heap.room;
  t.equal(
    errorOf(() => heap.allocate(2 ** 33)),
    'BackendError: 8192.0 MiB of memory are needed, and 4095.9 MiB are all that can be had; use a smaller batch or a smaller model',
  );
  t.equal(heap.room, before);
});
