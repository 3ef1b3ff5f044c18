/** Tensor operations against NumPy. */
import t from 'tap';
import { concat, type DType, stack, type Tensor, tensor } from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { sizeOf } from './inputs.ts';

/** NaN, infinities and -0 stand as texts, which JSON has not as numbers. */
type Written = number | string;
interface Operand {
  readonly values: readonly Written[];
  readonly shape: readonly number[];
  readonly dtype: DType;
}
type Argument = number | boolean | null | readonly number[] | readonly (readonly [number, number])[];
interface Case {
  readonly op: string;
  readonly operands: readonly Operand[];
  readonly arguments: readonly Argument[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly Written[];
}

/** These are rounded at every step, by NumPy in another order; all others must have the same bits. */
const inexact = ['exp', 'log', 'sqrt', 'tanh', 'pow', 'sum', 'mean', 'variance', 'std', 'matmul'];

const operand = ({ values, shape, dtype }: Operand): Tensor =>
  tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => Number(values[i % values.length])),
    shape,
    dtype,
  );

function run({ op, operands, arguments: given }: Case): Tensor {
  const tensors = operands.map(operand);
  if (op === 'concat') return concat(tensors, given[0] as number);
  if (op === 'stack') return stack(tensors, given[0] as number);
  const [x, ...others] = tensors;
  // The operation is named by the file; NumPy's None is an argument left out.
  const operations = x as Tensor & { readonly [op: string]: (...args: unknown[]) => Tensor };
  return operations[op]!(...others, ...given.map(argument => argument ?? undefined));
}

/** The relative error; Infinity where only one of the two is NaN or infinite, or where the sign of either differs. */
function errorOf(actual: readonly number[], expected: readonly number[]): number {
  const same = (i: number) => Object.is(actual[i], expected[i]);
  const finite = [...expected.keys()].filter(i => Number.isFinite(expected[i]) || !same(i));
  return relativeError(
    finite.map(i => actual[i]!),
    finite.map(i => expected[i]!),
  );
}

for (const file of ['tensor-numpy.json', 'tensor-fuzz-numpy.json']) {
  const { madeBy, cases } = readGolden<{ madeBy: string; cases: Case[] }>(file);
  t.test(madeBy, async t => {
    for (const each of cases) {
      const result = run(each);
      const operands = each.operands.map(({ dtype, shape }) => `${dtype} [${shape}]`).join(' and ');
      const what = `${each.op} of ${operands} ${JSON.stringify(each.arguments)}`;
      t.same([result.dtype, ...result.shape], [each.dtype, ...each.shape], `${what}: dtype and shape`);
      const expected = each.data.map(Number);
      const actual = [...result.data];
      if (each.dtype !== 'float32' || !inexact.includes(each.op)) t.same(actual, expected, what);
      else t.ok(errorOf(actual, expected) <= 1e-6, `${what}: ${actual}, expected ${expected}`);
    }
  });
}
