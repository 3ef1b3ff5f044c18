import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, flatten, Sequential, Tensor } from 'inkling';
import t from 'tap';
import { html, labelDistribution, type ReportedRun, renderReport, writeReport } from '../report/index.ts';

const history = { epoch: [0, 1], history: { loss: [0.5, 0.25], val_loss: [0.4, 0.3] } };

t.test('text is escaped wherever it comes from', async t => {
  const name = `<script>alert("1 & '2'")</script>`;
  t.equal(
    html`<p title="${name}">${[1, undefined, false, html`<b>${name}</b>`]}</p>`.text,
    '<p title="&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;">1<b>&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;</b></p>',
  );
  const images = new Tensor([2, 2, 2, 1], 'uint8', new Uint8Array(8));
  const labels = new Tensor([2], 'uint8', Uint8Array.of(0, 1));
  const page = await renderReport({
    title: name,
    description: name,
    model: new Sequential([flatten({ inputShape: [2, 2, 1] }), dense({ units: 2 })], { seed: 1 }),
    history: { epoch: [0], history: { [name]: [1] } },
    data: { train: { images, labels }, test: { images, labels }, classNames: [name, 'one'] },
    configuration: { [name]: name },
    versions: { [name]: name },
    commit: name,
  });
  const scripts = page.match(/<script[^>]*>/g) ?? [];
  t.same(
    scripts.filter(tag => tag !== '<script type="application/json">'),
    ['<script>'],
    'the page has one script that runs',
  );
  t.notOk(page.includes('<script>alert'));
  t.ok(page.includes('&lt;script&gt;alert'));
});

t.test('a report is one file, whose policy allows no connection', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-report-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'report.html');
  await writeReport(path, { history, title: 'A run' });
  const page = await readFile(path, 'utf8');
  t.match(page, /^<!doctype html>\n<html lang="en">/);
  t.match(
    page,
    /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-/,
  );
  t.notMatch(page, / (src|href)="(?!#)/, 'nothing is loaded');
  t.match(page, /<h1>A run<\/h1>/);
  t.notMatch(page, /id="labels"/, 'what the run lacks is not shown');
  await t.rejects(writeReport(join(folder, 'nowhere', 'report.html'), { history }), {
    message: /nowhere\/report\.html cannot be written: ENOENT/,
  });
});

t.test('a run of nothing, and data that do not fit together, are told', async t => {
  await t.rejects(renderReport({} as ReportedRun), {
    name: 'OptionError',
    message: 'report: there is neither a model nor a history; give at least one of them',
  });
  const images = new Tensor([2, 2, 2, 1], 'uint8', new Uint8Array(8));
  const labels = new Tensor([1], 'uint8', Uint8Array.of(0));
  await t.rejects(renderReport({ history, data: { test: { images, labels } } }), {
    name: 'ShapeError',
    message: 'report: the test set has 2 images, but labels of [1]; expected [2]',
  });
});

t.test('a chart becomes an SVG with its title and description, and shows itself in notebooks', async t => {
  const chart = labelDistribution([0, 1, 1], { classNames: ['no', 'yes & no'] });
  const svg = chart.svg({ theme: 'dark', width: 500, height: 300 });
  t.match(svg, /^<svg [^>]*width="500" height="300"/);
  t.match(
    svg,
    '<title>Images of each class</title><desc>3 labels of 2 classes, from 1 (no) to 2 (yes &amp; no) a class.</desc>',
  );
  t.match(svg, 'yes &amp; no</text>');
  t.notMatch(svg, 'color:', 'every colour is resolved');
  const view = chart[Symbol.for('Jupyter.display') as never] as () => { readonly [type: string]: string };
  t.match(view.call(chart)['image/svg+xml'], /^<svg /);
  t.throws(() => chart.svg({ width: 3 }), {
    name: 'OptionError',
    message: 'svg: width must be a whole number from 40 to 10000, got 3',
  });
  t.throws(() => chart.view('Rings'), {
    message: 'chart "Images of each class": there is no view "Rings"; there are Bars, Horizontal, Pie',
  });
});
