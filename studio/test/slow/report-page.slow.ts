/** Reports in Debian's Chromium: nothing for axe-core to find, no request, everything by keyboard, at home on a phone. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomUniform, shallowCnn, Tensor } from 'inkling';
import { type Browser, chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { renderReport } from '../../report/index.ts';

const hostile = `<script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'">`;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A report of all sections, of few and senseless numbers, with names that would run if they were not escaped. */
async function everything(): Promise<string> {
  const count = 60;
  const images = randomUniform([count, 28, 28, 1], { max: 255, seed: 1 }).cast('uint8');
  const labels = new Tensor(
    [count],
    'uint8',
    Uint8Array.from({ length: count }, (_, i) => i % 10),
  );
  const pixels = { width: 28, height: 28, channels: 1, data: images.data.slice(0, 784) };
  const options = { rate: 0.001, kind: hostile };
  return renderReport({
    title: `A run ${hostile}`,
    description: hostile,
    model: shallowCnn({ filters: 4, units: [8], seed: 1 }),
    history: { epoch: [0, 1], history: { loss: [1, 0.5], val_loss: [1.2, 0.8], accuracy: [0.5, 0.7] } },
    learningRates: [0, 1, 2].map(step => ({ step, learningRate: 0.1 / (step + 1) })),
    data: {
      ...{ train: { images, labels }, test: { images, labels } },
      classNames: ['zero', hostile, ...Array.from({ length: 8 }, (_, i) => String(i + 2))],
    },
    drawings: [{ drawn: pixels, seen: pixels, probabilities: [0.9, 0.1], label: 0, name: hostile }],
    search: {
      ...{ objective: 'val_loss', direction: 'minimize' },
      trials: [
        { id: 0, options, value: 0.5, status: 'complete' },
        { id: 1, options: { ...options, rate: 0.01 }, value: 0.4, status: 'complete' },
        { id: 2, options, status: 'failed', error: hostile },
      ],
    },
    configuration: { [hostile]: hostile },
    versions: { node: process.versions.node },
    ...{ seed: 1, commit: hostile, timings: { training: 3 } },
  });
}

/** Opens a report, and notes whatever goes wrong and whatever is asked for outside of it. */
async function openReport(browser: Browser, path: string, width: number, theme: 'light' | 'dark') {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce' });
  const troubles: string[] = [];
  page.on('pageerror', error => troubles.push(String(error)));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('request', request => {
    if (!/^(data:|file:)/.test(request.url())) troubles.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  // Charts are drawn when they come near to what is seen.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 600) {
    await page.evaluate(top => scrollTo(0, top), y);
    await page.waitForTimeout(50);
  }
  await page.waitForFunction(() => document.querySelectorAll('[data-chart] .canvas:not(:has(svg))').length === 0);
  return { page, troubles };
}

/** What axe-core finds: the rule, and the elements that break it. */
async function findings(page: Page): Promise<string[]> {
  // As a developer tool, not as a script of the page, whose policy forbids it.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200)))))`,
    awaitPromise: true,
  });
  return JSON.parse(String(result.value));
}

async function checkKeyboard(t: Test, page: Page): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await page.keyboard.press('Tab');
  t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the report');
  const chosen = page.locator('.matrix button[aria-pressed=true]');
  await chosen.focus();
  const before = await page.locator('[data-cell-images] .figure-title').textContent();
  const moves = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
  for (const key of moves) {
    await page.keyboard.press(key);
    if (await page.evaluate(() => document.activeElement?.getAttribute('aria-pressed') === 'false')) break;
  }
  await page.keyboard.press('Enter');
  const after = await page.locator('[data-cell-images] .figure-title').textContent();
  t.not(after, before, `${before} -> ${after}`);
  t.ok((await page.locator('[data-cell-images] .pixels').count()) > 0, 'the images of the cell are shown');
  const pie = page.locator('#labels fieldset.switch').first().getByRole('radio').first();
  await pie.focus();
  await page.keyboard.press('ArrowLeft');
  t.ok(
    await page.locator('#labels fieldset.switch').first().getByRole('radio').last().isChecked(),
    'the pie is chosen',
  );
}

t.test('a report can be read and used by everybody, and asks for nothing', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-report-'));
  const path = join(folder, 'report.html');
  await writeFile(path, await everything());
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'],
  });
  t.teardown(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [360, 768, 1280]) {
      const name = `${theme}, ${width} pixels`;
      const { page, troubles } = await openReport(browser, path, width, theme);
      t.same(await findings(page), [], `${name}: axe-core finds nothing`);
      t.same(troubles, [], `${name}: no error, no request`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      t.ok(wider <= 0, `${name}: nothing is wider than the page`);
      t.match(await page.title(), /^A run <script>/, `${name}: no script out of names`);
      if (width === 1280) await checkKeyboard(t, page);
      await page.evaluate(() => document.documentElement.removeAttribute('lang'));
      t.match(await findings(page), [/^html-has-lang: /], `${name}: axe-core would find what is wrong`);
      await page.close();
    }
  }
});
