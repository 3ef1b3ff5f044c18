/** What stays resident while sizes of batches change, and while models come and go. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runCommand } from '../run-command.ts';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * How often each is repeated, and the most megabytes that may be resident. Nothing let go of would show: predictions of
 * 200 sizes took 6,200 MB once, and each model that stays takes 12.
 */
const kinds = { sizes: [2000, 600], using: [1000, 800], dropped: [1500, 1000] } as const;

for (const [kind, [repetitions, most]] of Object.entries(kinds)) {
  t.test(`${kind}, ${repetitions} times`, async t => {
    const node = ['npx', '-y', '-p', 'node@24', 'node'] as const;
    const output = await runCommand(here, ...node, 'print-memory.ts', kind, String(repetitions));
    const readings: number[] = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).megabytes);
    t.ok(readings.length > 2 && Math.max(...readings) < most, readings.map(Math.round).join(', '));
  });
}
