import fc from 'fast-check';
import t from 'tap';
import { readImage } from '../../lib/node.ts';
import { rejectionOf } from '../error-of.ts';
import { damage } from '../formats/hostile.ts';
import { dataVictims, interlacedBomb, surviveData } from './hostile-data.ts';

t.test('damaged CSV, PNG and JPEG files are read or refused, soon', async t => {
  for (const victim of dataVictims) {
    t.equal(await surviveData(victim, victim.bytes, victim.name), 'read', `${victim.name} as it is`);
    const counts = { read: 0, refused: 0 };
    const property = fc.asyncProperty(damage, async how => {
      counts[await surviveData(victim, victim.damage(victim.bytes, how), victim.name)]++;
    });
    await fc.assert(property, { numRuns: 60 });
    t.ok(counts.read + counts.refused >= 60 && counts.refused > 5, `${victim.name}: ${counts.refused} refused`);
  }
});

t.test('what unpacks to more than its header promises is not unpacked', async t => {
  const bomb = interlacedBomb(64);
  const before = process.memoryUsage().rss;
  t.match(await rejectionOf(readImage(bomb)), /^FormatError: data: byte 33: the pixels cannot be unpacked: /);
  const grown = process.memoryUsage().rss - before;
  t.ok(grown < 2 ** 25, `memory grew by ${grown} bytes`);
});
