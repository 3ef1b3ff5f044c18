/**
 * Makes the pictures of the README: `npx tsx studio/readme-pictures.ts MODEL` writes the confusion matrix of a saved model on
 * MNIST's test images, drawn digits as it sees them, and the head of its report as Chromium shows it, into docs/pictures.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { preprocessDigit } from 'inkling';
import { loadModel, mnist } from 'inkling/node';
import { confusionMatrix, DrawnDigits, type ReportedDrawing, runEnvironment, writeReport } from 'inkling-studio';
import { chromium } from 'playwright-core';
import { strokeDigits } from '../test/data/stroke-digits.ts';

const [, , path = ''] = process.argv;
const out = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const shown = 8;
const viewport = { width: 1120, height: 880 };

const model = await loadModel(path);
const { train, test } = await mnist();
const predictions = await model.predict(test.images, { batchSize: 200 });

/** One digit of each kind that the generator of the tests draws, in the order in which it draws them. */
async function someDrawings(): Promise<ReportedDrawing[]> {
  const all = [...strokeDigits()];
  const every = Math.floor(all.length / shown);
  const drawings: ReportedDrawing[] = [];
  for (let i = 0; i < shown; i++) {
    const drawn = all[i * every + i]!;
    const { image } = preprocessDigit(drawn);
    const probabilities = (await model.predict(image.expandDims(0))).data;
    const seen = { width: 28, height: 28, channels: 1, data: image.data };
    drawings.push({ drawn, seen, probabilities, label: drawn.digit });
  }
  return drawings;
}

const drawings = await someDrawings();
const matrix = confusionMatrix(test.labels.data, predictions.argmax(1).data, { title: 'MNIST: test images' });
await writeFile(join(out, 'confusion.png'), await matrix.png({ scale: 1.5 }));
await writeFile(join(out, 'drawn.png'), await new DrawnDigits(drawings).png({ scale: 1 }));

const folder = await mkdtemp(join(tmpdir(), 'inkling-pictures-'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const report = join(folder, 'report.html');
  const environment = await runEnvironment();
  await writeReport(report, { title: 'Digits', model, predictions, data: { train, test }, drawings, ...environment });
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
  await page.goto(pathToFileURL(report).href);
  await page.locator('#confusion').scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector('#confusion')?.scrollIntoView());
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(out, 'report.png') });
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
