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

/** Serves a folder and some data. */
async function serve(
  folder: string,
  data: { readonly [path: string]: Uint8Array },
  headers: { readonly [name: string]: string },
): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = data[path] ?? (await readFile(join(folder, path)).catch(() => undefined));
    const type = types[extname(path)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function resultOf(browser: Browser, server: Server, query = ''): Promise<{ readonly [name: string]: unknown }> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`);
  const result = await page.waitForFunction("document.getElementById('result').textContent", undefined, {
    timeout: 120_000,
  });
  return JSON.parse(String(await result.jsonValue()));
}

t.test(
  'the same bits as in Node: threaded on an isolated page, with one thread on a plain one or where a policy forbids workers, and in workers',
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'inkling-page-'));
    const page = join(import.meta.dirname, 'page');
    await runCommand(page, 'npx', 'vite', 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn');
    const { images, labels } = (await mnist()).train;
    const data = {
      '/pixels': images.data.subarray(0, imageCount * 784),
      '/labels': labels.data.subarray(0, imageCount),
    };
    const expected = await hashOf(await (await train(data['/pixels'], data['/labels'])).getWeights());
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'],
    });
    t.teardown(async () => {
      await browser.close();
      await rm(folder, { recursive: true });
    });
    const resultWith = async (headers: { readonly [name: string]: string }, query?: string) => {
      const server = await serve(folder, data, headers);
      const result = await resultOf(browser, server, query);
      server.close();
      return result;
    };
    const isolated = await resultWith(isolation);
    t.equal(isolated['hash'], expected, `isolated: ${isolated['error']}`);
    t.ok(Number(isolated['threads']) > 1, `${isolated['threads']} threads`);
    const plain = await resultWith({});
    t.equal(plain['hash'], expected, `plain: ${plain['error']}`);
    t.equal(plain['oneThread'], 'no SharedArrayBuffer: the page is not cross-origin isolated');
    const strict = await resultWith({ ...isolation, 'content-security-policy': "worker-src 'self'" });
    t.equal(strict['hash'], expected, `workers forbidden: ${strict['error']}`);
    t.equal(strict['threads'], 1);
    t.match(strict['oneThread'], /^the threads could not be started; .*Content-Security-Policy/);
    const inWorkers = await resultWith(isolation, '?workers');
    t.same(inWorkers['hashes'], [expected, expected], `two workers, each with threads: ${inWorkers['error']}`);
    t.ok(Number(inWorkers['threads']) > 1, `${inWorkers['threads']} threads`);
  },
);
