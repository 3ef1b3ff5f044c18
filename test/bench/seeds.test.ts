import t from 'tap';
import { checkSameNetwork, type ProgramResult, parseResult, rowsOf } from '../../bench/seeds/result.ts';
import { errorOf } from '../error-of.ts';

const result = (peer: string, seconds: number, testAccuracy: number, parameters = 693_962): ProgramResult => ({
  ...{ peer, seconds, testAccuracy, epochs: 10, parameters },
});

t.test('rows have the median time, the mean accuracy, and how many times as fast Inkling is', async t => {
  const ours = [result('inkling', 20, 0.99), result('inkling', 30, 0.992), result('inkling', 22, 0.991)];
  const theirs = [result('keras-torch', 44, 0.98), result('keras-torch', 60, 0.99), result('keras-torch', 40, 0.97)];
  const name = 'mnist-cnn, epochs: 10, 10, 10';
  t.same(rowsOf('mnist-cnn', [...ours, ...theirs]), [
    {
      name,
      backend: 'inkling',
      milliseconds: 22_000,
      deviation: 2000,
      samples: 3,
      accuracy: (2.973 / 3) * 100,
      ratio: 2,
    },
    {
      name,
      backend: 'keras-torch',
      milliseconds: 44_000,
      deviation: 4000,
      samples: 3,
      accuracy: (2.94 / 3) * 100,
      ratio: 2,
    },
  ]);
  const [alone] = rowsOf('mnist-cnn', ours);
  t.notOk(alone !== undefined && 'ratio' in alone, 'no ratio without another side');
});

t.test('what a program printed', async t => {
  const line = JSON.stringify({ program: 'mnist-cnn', ...result('keras-tensorflow', 50, 0.99) });
  t.match(parseResult(`a warning\n${line}\n`, 'mnist_cnn.py'), result('keras-tensorflow', 50, 0.99));
  t.equal(
    errorOf(() => parseResult('{"peer":"keras-tensorflow","seconds":3}', 'mnist_cnn.py')),
    'Error: mnist_cnn.py printed {"peer":"keras-tensorflow","seconds":3}; expected peer, testAccuracy, seconds, epochs and parameters as the last line of JSON',
  );
  checkSameNetwork('mnist-cnn', [result('inkling', 1, 1), result('keras-torch', 1, 1)]);
  t.equal(
    errorOf(() => checkSameNetwork('mnist-cnn', [result('inkling', 1, 1), result('keras-torch', 1, 1, 694_962)])),
    'Error: mnist-cnn: the network of keras-torch has 694962 parameters, expected the 693962 of inkling',
  );
});
