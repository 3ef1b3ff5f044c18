import t from 'tap';
import { philox4x32 } from '../../kernels/random.ts';

t.test('Philox4x32-10 gives the known answers of its authors (Random123, kat_vectors)', async t => {
  const all = 0xffffffff;
  const answers: [counter: [number, number, number, number], key: [number, number], words: string][] = [
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[all, all, all, all], [all, all], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ];
  for (const [counter, key, words] of answers) {
    const out = new Uint32Array(4);
    philox4x32(out, ...counter, ...key);
    t.equal([...out].map(word => word.toString(16).padStart(8, '0')).join(' '), words);
  }
});
