import { readFile } from 'node:fs/promises';
import t from 'tap';
import { threadSourceModule } from './generate-thread-source.ts';

t.test('the text that threads run is up to date: else npm run generate:threads', async t => {
  const path = new URL('../../lib/backend/thread/source.ts', import.meta.url);
  t.equal(await readFile(path, 'utf8'), await threadSourceModule());
});
