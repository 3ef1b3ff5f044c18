/** The inside of a network in Debian's Chromium: the points of the embedding by keyboard and pointer, and the phone's width. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import t from 'tap';
import { insidesData, insidesNetwork } from '../../../test/golden/insides.ts';
import { renderReport } from '../../report/index.ts';

t.test('the image of a point is shown by arrow keys and under the pointer', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-insides-'));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  t.teardown(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  const { images, labels } = insidesData();
  const model = (await insidesNetwork()).compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  const path = join(folder, 'report.html');
  await writeFile(path, await renderReport({ model, data: { test: { images, labels } } }));
  const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
  await page.goto(pathToFileURL(path).href);
  const shown = page.locator('.plot .shown');
  t.notOk(await shown.isVisible(), 'nothing at first');
  await page.locator('.plot').focus();
  t.ok(await shown.isVisible(), 'the first point at once');
  const seen = new Set<string>();
  const current = () => page.locator('.plot .current').getAttribute('transform');
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'ArrowRight']) {
    await page.keyboard.press(key);
    seen.add((await current()) ?? '');
  }
  t.ok(seen.size > 1, 'arrows go from point to point');
  t.match(await shown.textContent(), /^\d(, said \d)?$/);
  await page.keyboard.press('Escape');
  t.notOk(await shown.isVisible(), 'Escape hides it');
  const last = page.locator('.plot g').last();
  await last.hover();
  t.equal(await current(), await last.getAttribute('transform'), 'the point under the pointer');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  t.equal(wide, 0, 'nothing is wider than the phone');
});
