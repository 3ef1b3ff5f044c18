/** Ten thousand damaged files of each format, and files made to do harm, each in a process of its own whose memory is measured. */
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { handMade } from '../formats/hand-made.ts';
import { damage, mostSeconds, survive, victims } from '../formats/hostile.ts';
import { runCommand } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const files = 10_000;
/** What the file itself takes is not counted, nor what a process takes that loads a file that is in order. */
const mostMegabytes = 300;

const all = await victims();

for (const format of new Set(all.map(victim => victim.format))) {
  t.test(`${files} damaged files of the format ${format}`, async t => {
    t.capture(console, 'warn', () => undefined);
    const own = all.filter(victim => victim.format === format);
    const outcomes = { loaded: 0, refused: 0 };
    for (const { name, damage: damageFile } of own) {
      const property = fc.asyncProperty(damage, async how => {
        outcomes[await survive(damageFile(how), name)]++;
      });
      await fc.assert(property, { numRuns: Math.ceil(files / own.length) });
    }
    t.ok(outcomes.loaded > 0 && outcomes.refused > files / 10, JSON.stringify(outcomes));
  });
}

t.test('time and memory of files that were made to do harm', async t => {
  for (const name of Object.keys(handMade)) {
    const program = join(import.meta.dirname, 'print-refusal.ts');
    const output = await runCommand(root, process.execPath, '--import=tsx', program, name);
    const { message, seconds, megabytes } = JSON.parse(output);
    t.match(message, /^FormatError: /, name);
    t.ok(seconds < mostSeconds, `${name}: ${seconds} s`);
    t.ok(megabytes < mostMegabytes, `${name}: ${megabytes} MB`);
  }
});
