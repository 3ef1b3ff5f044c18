/** Ten thousand damaged files, and files made to do harm, each in a process of its own whose memory is measured. */
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

t.test(`${files} damaged files`, async t => {
  t.capture(console, 'warn', () => undefined);
  const all = await victims();
  for (const victim of all) {
    const property = fc.asyncProperty(damage, async how => {
      await survive(victim.damage(victim.bytes, how), victim.name);
    });
    await fc.assert(property, { numRuns: Math.ceil(files / all.length) });
    t.pass(victim.name);
  }
});

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
