/** Programs of others that are installed once, in node_modules/.cache, for all tests that need them. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const cache = join(import.meta.dirname, '../../node_modules/.cache');

/** Of the tests that run at once, one works on what has that name. */
export async function alone<T>(name: string, action: () => Promise<T>): Promise<T> {
  const lock = join(cache, `${name}.lock`);
  await mkdir(cache, { recursive: true });
  const end = Date.now() + 300_000;
  while (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > end) throw new Error(`${lock} is in the way: remove it`);
    await wait(500);
  }
  try {
    return await action();
  } finally {
    await rm(lock, { recursive: true });
  }
}
