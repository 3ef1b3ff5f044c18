import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { tensor } from '../../../lib/index.ts';
import { readSubmissionCsv, writeSubmissionCsv } from '../../../lib/node.ts';
import { rejectionOf } from '../../error-of.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

t.test('predictions are written as Kaggle takes them, and read back', async t => {
  const path = join(t.testdir(), 'submission.csv');
  const scores = tensor([
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ]);
  await writeSubmissionCsv(scores.argmax(1), path);
  t.equal(await readFile(path, 'utf8'), 'ImageId,Label\n1,1\n2,2\n3,0\n');
  const back = await readSubmissionCsv(path);
  t.strictSame([back.shape, back.dtype, [...back.data]], [[3], 'uint8', [1, 2, 0]]);
  await writeSubmissionCsv([7, 2], path);
  t.strictSame([...(await readSubmissionCsv(path)).data], [7, 2]);
  t.strictSame([...(await readSubmissionCsv(bytes('ImageId,Label\n2,5\n1,3\n'))).data], [3, 5], 'in any order');
});

t.test('what is wrong is told with line and column', async t => {
  const faults: [text: string, message: string][] = [
    ['', 'it is empty; expected a CSV file with a header'],
    ['Id,Label\n1,2\n', 'line 1: expected the header ImageId,Label, got "Id,Label"'],
    ['ImageId,Label\n', 'it has a header, but no rows after it'],
    ['ImageId,Label\n1,2,3\n', 'line 2: it has 3 columns, expected 2: ImageId,Label'],
    ['ImageId,Label\n1,2\n0,3\n', 'line 3, column 1 ("ImageId"): expected an integer from 1 on, got "0"'],
    ['ImageId,Label\n1,x\n', 'line 2, column 2 ("Label"): expected an integer from 0 to 255, got "x"'],
    ['ImageId,Label\n1,2\n1,3\n', 'line 3: image 1 is there twice'],
    ['ImageId,Label\n1,2\n3,3\n', 'image 2 is missing; expected images 1 to 2, one for each line'],
  ];
  for (const [text, message] of faults) {
    t.equal(await rejectionOf(readSubmissionCsv(bytes(text), { file: 'a.csv' })), `FormatError: a.csv: ${message}`);
  }
});

t.test('labels that are none', async t => {
  const path = join(t.testdir(), 'submission.csv');
  const write: (labels: unknown) => Promise<string> = labels =>
    rejectionOf(writeSubmissionCsv(labels as number[], path));
  t.equal(await write(5), 'DataError: writeSubmissionCsv: expected labels, a tensor [N] or numbers, got 5');
  t.equal(await write([]), 'DataError: writeSubmissionCsv: there are no labels');
  t.equal(
    await write([1, 2.5]),
    'DataError: writeSubmissionCsv: labels[1]: expected an integer from 0 to 255, got 2.5',
  );
  t.equal(
    await write(tensor([[0.5, 0.5]])),
    'ShapeError: writeSubmissionCsv: expected labels of [N], got [1, 2]; use argmax(1) for probabilities',
  );
  t.equal(
    await rejectionOf(writeSubmissionCsv([1], '')),
    'OptionError: writeSubmissionCsv: expected the path of a file, got ""',
  );
});
