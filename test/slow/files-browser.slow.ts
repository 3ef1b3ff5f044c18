/** A page, bundled by Vite as it comes, loads a file of Keras in headless Chromium from all sources. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import t from 'tap';
import { ones } from '../../lib/index.ts';
import { loadModel } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';

const model = join(import.meta.dirname, '../golden/formats/keras/digits.keras');
const types: { readonly [extension: string]: string } = { '.html': 'text/html', '.js': 'text/javascript' };

t.test('a model from an address, a response, a file input and a stream; kept by its content', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-files-page-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const page = join(import.meta.dirname, 'files-page');
  await runCommand(page, 'npx', 'vite', 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn');
  const bytes = await readFile(model);
  let fetched = 0;
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    if (pathname === '/digits.keras') fetched++;
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = path === '/digits.keras' ? bytes : await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
    });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.teardown(async () => {
    await browser.close();
    server.close();
  });
  const tab = await browser.newPage();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?sha256=${sha256}`);
  await tab.setInputFiles('#files', model);
  const result = await tab.waitForFunction("document.getElementById('result').textContent");
  const outputs: { readonly [source: string]: number[] } = JSON.parse(String(await result.jsonValue()));
  const here = await loadModel(model);
  const expected = [...(await here.predict(ones([1, ...here.inputShape]))).data];
  const sources = ['address', 'kept', 'response', 'picked', 'file', 'stream', 'again'];
  t.same(outputs, Object.fromEntries(sources.map(source => [source, expected])));
  t.equal(fetched, 2, 'once by its address, and once by the response');
});
