/** Einsum layers: equations and shapes that cannot be. */
import t from 'tap';
import { type EinsumDenseOptions, einsumDense, Sequential } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('equations and options that cannot be', async t => {
  const cases: [EinsumDenseOptions, string][] = [
    [
      { equation: 'ab,bc', outputShape: 3 },
      'must have the form "abc,cd->abd", "...a,ab->...b" or "ab...,bc->ac...", got "ab,bc"',
    ],
    [
      { equation: 'abb,bc->ac', outputShape: 3 },
      'must not name an axis twice in the input, the kernel or the output, got "abb,bc->ac"',
    ],
    [
      { equation: 'ab,bcx->ac', outputShape: 3 },
      'must have each axis of the kernel in the input or in the output, got "ab,bcx->ac"',
    ],
    [
      { equation: 'ab,bc->acx', outputShape: 3 },
      'must have each axis of the output in the input or in the kernel, got "ab,bc->acx"',
    ],
    [
      { equation: 'ab,bc->ca', outputShape: 3 },
      'must begin with the batch axis in the input and in the output, and without it in the kernel, got "ab,bc->ca"',
    ],
    [{ equation: 3 as never, outputShape: 3 }, 'must be a text such as "abc,cd->abd", got 3'],
  ];
  for (const [options, message] of cases) {
    t.equal(String(errorOf(() => einsumDense(options))), `OptionError: einsumDense: equation ${message}`);
  }
  const others: [Partial<EinsumDenseOptions>, string][] = [
    [{ outputShape: [3] }, 'outputShape must have a size or null for each of the axes b, d, got [3]'],
    [{ outputShape: [3, 0] }, 'outputShape must be a positive integer, got 0'],
    [{ biasAxes: 'a' }, 'biasAxes must be some of the axes b, d, got "a"'],
  ];
  for (const [options, message] of others) {
    const make = () => einsumDense({ equation: 'abc,cd->abd', outputShape: [null, 2], ...options });
    t.equal(String(errorOf(make)), `OptionError: einsumDense: ${message}`);
  }
});

t.test('inputs that do not go with it', async t => {
  const model = () => new Sequential({ inputShape: [4, 3] }) as Sequential;
  t.match(
    String(errorOf(() => model().add(einsumDense({ equation: 'abc,cd->abd', outputShape: [5, 2] })))),
    'einsumDense: outputShape says 5 for axis b, but an input of [4, 3] has 4; use null for what the input has',
  );
  t.match(
    String(errorOf(() => model().add(einsumDense({ equation: 'abc,cd->abd', outputShape: [4, null] })))),
    'einsumDense: axis d of the output is null in outputShape, but the input does not have it',
  );
});
