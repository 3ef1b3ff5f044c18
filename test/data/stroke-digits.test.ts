import { createHash } from 'node:crypto';
import t from 'tap';
import { preprocessDigits } from '../../lib/index.ts';
import { loadModel } from '../../lib/node.ts';
import { strokeDigits } from './stroke-digits.ts';

const all = [...strokeDigits()];
type Drawn = (typeof all)[number];

function count(keyOf: (digit: Drawn) => string | number, of = all): { [key: string]: number } {
  const counts: { [key: string]: number } = {};
  for (const each of of) counts[keyOf(each)] = (counts[keyOf(each)] ?? 0) + 1;
  return counts;
}

t.test('the 300 drawn digits are frozen', async t => {
  t.equal(all.length, 300);
  const hash = createHash('sha256');
  for (const { digit, hand, form, surface, width, height, channels, data } of all) {
    hash.update(`${digit} ${hand} ${form} ${surface} ${width}x${height}x${channels}`).update(data);
  }
  t.equal(hash.digest('hex'), '7f90a49fa40f0aa48be95b859fb4eb9d313013e3f8210b939b86448601f67de0');
  t.strictSame(
    count(each => each.digit),
    Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, 30])),
  );
  t.strictSame(
    count(each => each.surface),
    { blackboard: 60, whiteboard: 60, photograph: 60, transparent: 60, shadowed: 60 },
  );
  t.equal(Object.keys(count(each => `${each.digit} ${each.form}`)).length, 31, 'every form is drawn');
});

t.test('a small network that has seen MNIST alone reads them', async t => {
  const { images, digits } = preprocessDigits(all);
  const certain = all.flatMap(({ surface }, i) =>
    surface === 'blackboard' || surface === 'whiteboard' || surface === 'transparent' ? [{ surface, i }] : [],
  );
  const wrongInk = certain.filter(({ surface, i }) => digits[i]!.inverted === (surface === 'blackboard'));
  t.strictSame(wrongInk, [], 'light or dark ink is told on every canvas');
  const model = await loadModel(new URL('digit-reader.safetensors', import.meta.url).pathname);
  const read = (await model.predict(images, { batchSize: 100 })).argmax(1).data;
  const wrong = all.filter(({ digit }, i) => digit !== read[i]);
  t.ok(
    wrong.length <= 9,
    `97% are right: ${wrong.length} wrong: ${JSON.stringify(count(each => each.surface, wrong))}`,
  );
});
