/** Tensor operations against NumPy. */
import t from 'tap';
import { concat, type DType, stack, type Tensor, tensor } from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { sizeOf } from './inputs.ts';

interface Operand {
  readonly values: readonly number[];
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
  readonly data: readonly number[];
}

const { madeBy, cases } = readGolden<{ madeBy: string; cases: Case[] }>('tensor-numpy.json');

const operand = ({ values, shape, dtype }: Operand): Tensor =>
  tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => values[i % values.length]!),
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

t.test(madeBy, async t => {
  for (const each of cases) {
    const result = run(each);
    const what = `${each.op} of ${JSON.stringify(each.operands.map(({ shape }) => shape))} ${JSON.stringify(each.arguments)}`;
    t.same(result.shape, each.shape, `${what}: shape`);
    t.equal(result.dtype, each.dtype, `${what}: dtype`);
    const error = relativeError(result.data, each.data);
    t.ok(error <= 1e-6, `${what}: off by ${error}`);
  }
});
