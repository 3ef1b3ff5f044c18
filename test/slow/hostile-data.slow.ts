import fc from 'fast-check';
import t from 'tap';
import { dataVictims, surviveData } from '../data/hostile-data.ts';
import { damage } from '../formats/hostile.ts';

const cases = 10_000;

t.test(`${cases} damaged CSV, PNG and JPEG files: no crash, no hang, bounded memory`, async t => {
  for (const victim of dataVictims) {
    const counts = { read: 0, refused: 0 };
    const property = fc.asyncProperty(damage, async how => {
      counts[await surviveData(victim, victim.damage(victim.bytes, how), victim.name)]++;
    });
    await fc.assert(property, { numRuns: Math.ceil(cases / dataVictims.length) });
    t.ok(counts.refused > 50, `${victim.name}: ${counts.read} read, ${counts.refused} refused`);
  }
});
