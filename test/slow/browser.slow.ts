/** A page, bundled by Vite as it comes, trains in headless Chromium and ends with the weights that Node gets. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import t from 'tap';
import { mnist } from '../../lib/node.ts';
import { runCommand } from '../run-command.ts';
import { hashOf, imageCount, train } from './page/train.ts';

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Serves a folder and some data; a page is cross-origin isolated if its headers say so. */
async function serve(
  folder: string,
  data: { readonly [path: string]: Uint8Array },
  isIsolated: boolean,
): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const body = data[path] ?? (await readFile(join(folder, path)).catch(() => undefined));
    const type = types[extname(path)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...(isIsolated ? isolation : {}) });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function resultOf(browser: Browser, server: Server): Promise<{ readonly [name: string]: unknown }> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const result = await page.waitForFunction("document.getElementById('result').textContent", undefined, {
    timeout: 120_000,
  });
  return JSON.parse(String(await result.jsonValue()));
}

t.test('threaded on an isolated page, with one thread on a plain one, and the same bits as in Node', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-page-'));
  const page = join(import.meta.dirname, 'page');
  await runCommand(page, 'npx', 'vite', 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn');
  const { images, labels } = (await mnist()).train;
  const data = { '/pixels': images.data.subarray(0, imageCount * 784), '/labels': labels.data.subarray(0, imageCount) };
  const expected = await hashOf(await (await train(data['/pixels'], data['/labels'])).getWeights());
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'],
  });
  t.teardown(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  for (const isIsolated of [true, false]) {
    const server = await serve(folder, data, isIsolated);
    const { hash, threads, oneThread, error } = await resultOf(browser, server);
    server.close();
    t.equal(error, undefined);
    t.equal(hash, expected, isIsolated ? 'isolated' : 'plain');
    if (isIsolated) t.ok(Number(threads) > 1, `${threads} threads`);
    else t.equal(oneThread, 'no SharedArrayBuffer: the page is not cross-origin isolated');
  }
});
