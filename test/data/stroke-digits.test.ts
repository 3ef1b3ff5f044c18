import { createHash } from 'node:crypto';
import t from 'tap';
import { strokeDigits } from './stroke-digits.ts';

t.test('the 300 drawn digits are frozen', async t => {
  const all = [...strokeDigits()];
  t.equal(all.length, 300);
  const hash = createHash('sha256');
  for (const { digit, hand, form, surface, width, height, channels, data } of all) {
    hash.update(`${digit} ${hand} ${form} ${surface} ${width}x${height}x${channels}`).update(data);
  }
  t.equal(hash.digest('hex'), '7f90a49fa40f0aa48be95b859fb4eb9d313013e3f8210b939b86448601f67de0');
  const count = (keyOf: (digit: (typeof all)[number]) => string | number) => {
    const counts: { [key: string]: number } = {};
    for (const each of all) counts[keyOf(each)] = (counts[keyOf(each)] ?? 0) + 1;
    return counts;
  };
  t.strictSame(
    count(each => each.digit),
    Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, 30])),
  );
  t.strictSame(
    count(each => each.surface),
    {
      blackboard: 60,
      whiteboard: 60,
      photograph: 60,
      transparent: 60,
      shadowed: 60,
    },
  );
  t.equal(Object.keys(count(each => `${each.digit} ${each.form}`)).length, 31, 'every form is drawn');
});
