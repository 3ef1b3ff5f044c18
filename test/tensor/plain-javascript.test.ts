/** Programs in plain JavaScript, which no compiler checks, get errors as helpful as those of typed ones. */
import t from 'tap';
import * as inkling from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** Runs a program that sees the whole library. */
const run = (program: string): unknown =>
  new Function(...Object.keys(inkling), `return ${program}`)(...Object.values(inkling));

const shape = 'a shape is a list of integers of 0 or more, such as [2, 3], got';
const values = 'DataError: tensor: the values must be numbers, booleans, lists of them or a typed array, got';
const gigabytes = (what: string, shape: string, bytes: string) =>
  `ShapeError: ${what}: ${shape} of float32 takes ${bytes}, more than one array can have here; use a smaller shape, or work on parts`;

const creation: { readonly [program: string]: string } = {
  'zeros()': `ShapeError: zeros: ${shape} undefined`,
  'ones()': `ShapeError: ones: ${shape} undefined`,
  'zeros(5)': `ShapeError: zeros: ${shape} 5`,
  'zeros("2,3")': `ShapeError: zeros: ${shape} "2,3"`,
  'zeros(["2"])': `ShapeError: zeros: ${shape} ["2"]`,
  'zeros([2], "float64")': 'OptionError: unknown dtype "float64"; known: float32, int32, uint8, bool',
  'zeros([2], 32)': 'OptionError: unknown dtype 32; known: float32, int32, uint8, bool',
  'zeros([2], "toString")': 'OptionError: unknown dtype "toString"; known: float32, int32, uint8, bool',
  'full([2])': 'OptionError: full: value must be a number, got undefined',
  'zeros([1e6, 1e6])': gigabytes('zeros', '[1000000, 1000000]', '4000000000000 bytes (4000 GB)'),
  'ones([2 ** 50, 2 ** 10])': gigabytes(
    'ones',
    '[1125899906842624, 1024]',
    '4611686018427388000 bytes (4610000000 GB)',
  ),
  'arange(1e12)': gigabytes('arange', '[1000000000000]', '4000000000000 bytes (4000 GB)'),
  'zeros([1e4]).pad([[0, 1e12]])': gigabytes('pad', '[1000000010000]', '4000000040000 bytes (4000 GB)'),
  'zeros([1e6, 1]).add(zeros([1, 1e6]))': gigabytes('add', '[1000000, 1000000]', '4000000000000 bytes (4000 GB)'),
  'zeros([1e6, 1]).matmul(zeros([1, 1e6]))': gigabytes('matmul', '[1000000, 1000000]', '4000000000000 bytes (4000 GB)'),
  'oneHot(zeros([1e6]), 1e6)': gigabytes('oneHot', '[1000000, 1000000]', '4000000000000 bytes (4000 GB)'),
  'randomNormal([1e12])': gigabytes('randomNormal', '[1000000000000]', '4000000000000 bytes (4000 GB)'),
  'tensor()': `${values} undefined`,
  'tensor(undefined)': `${values} undefined`,
  'tensor(null)': `${values} null`,
  'tensor("1,2,3")': `${values} "1,2,3"`,
  'tensor({ a: 1 })': `${values} { a: 1 }`,
  'tensor(new Map())': `${values} an object of class Map`,
  'tensor(() => 1)': `${values} a function`,
  'tensor(new DataView(new ArrayBuffer(4)))': `${values} a DataView`,
  'tensor(new ArrayBuffer(4))': `${values} an object of class ArrayBuffer`,
  'tensor(["1", "2"])': 'DataError: tensor: the value at [0] must be a number or a boolean, got "1"',
  'tensor([1, , 3])': 'DataError: tensor: the value at [1] must be a number or a boolean, got undefined',
  'tensor([[1, 2], null])': 'DataError: tensor: the value at [1] must be a number or a boolean, got null',
  'tensor([[1], [2, 3]])':
    'ShapeError: tensor: the values at [1] have 2 elements, others have 1; all rows must have the same shape',
  'tensor([1, [2]])':
    'ShapeError: tensor: the values at [1] are a list, others are numbers; all rows must have the same shape',
  '{ const a = []; a.push(a); tensor(a); }': 'ShapeError: tensor: the values are nested more than 100 deep',
  'tensor([1, 2], "2")': `ShapeError: tensor: ${shape} "2"`,
  'tensor([1, 2], [1.5])': `ShapeError: tensor: ${shape} [1.5]`,
  'tensor([1], [1], "double")': 'OptionError: unknown dtype "double"; known: float32, int32, uint8, bool',
  'new Tensor()': `ShapeError: Tensor: ${shape} undefined`,
  'new Tensor([1], "float32")':
    "DataError: Tensor: the data of float32 is a Float32Array, got undefined; tensor(values, shape, 'float32') converts",
  'arange()': 'OptionError: arange: start, stop and step must be finite numbers and step not 0, got 0, undefined, 1',
  'arange("5")': 'OptionError: arange: start, stop and step must be finite numbers and step not 0, got 0, "5", 1',
  'oneHot()': `${values} undefined`,
  'oneHot([1])': 'OptionError: oneHot: classes must be a positive integer, got undefined',
  'randomUniform([2], null)': 'OptionError: randomUniform: options must be an object, such as { seed: 1 }, got null',
  'randomUniform([2], { min: "0" })': 'OptionError: randomUniform: min must be a finite number, got "0"',
  'randomNormal([2], 5)': 'OptionError: randomNormal: options must be an object, such as { seed: 1 }, got 5',
  'randomNormal([2], { stddev: NaN })': 'OptionError: randomNormal: stddev must be a finite number, got NaN',
  'concat()': 'OptionError: concat: expected a list of tensors, such as concat([a, b]), got undefined',
  'concat(ones([1]), ones([1]))':
    'OptionError: concat: expected a list of tensors, such as concat([a, b]), got a tensor',
  'stack([ones([1]), [1]])': 'OptionError: stack: element 1 of the list must be a tensor, got [1]',
};

const x = 'zeros([2, 3])';
const operations: { readonly [program: string]: string } = {
  [`${x}.reshape()`]: 'ShapeError: reshape: the shape must be a list of integers, such as [0, 1], got undefined',
  [`${x}.reshape(3, 2)`]: 'ShapeError: reshape: the shape must be a list of integers, such as [0, 1], got 3',
  [`${x}.transpose(1, 0)`]: 'ShapeError: transpose: the permutation must be a list of integers, such as [0, 1], got 1',
  [`${x}.slice()`]: 'ShapeError: slice: begin must be a list of integers, such as [0, 1], got undefined',
  [`${x}.slice([0], 1)`]: 'ShapeError: slice: size must be a list of integers, such as [0, 1], got 1',
  [`${x}.slice([-3])`]: 'ShapeError: slice: axis 0 has 2 elements, a slice cannot begin at -3',
  [`${x}.pad()`]: 'OptionError: pad: expected a list of [before, after], one for each axis, got undefined',
  [`${x}.pad([1, 1])`]: 'OptionError: pad: [before, after] must be two integers of 0 or more, got 1',
  [`${x}.pad([[1, 1], [0]])`]: 'OptionError: pad: [before, after] must be two integers of 0 or more, got [0]',
  [`${x}.pad([[1, 1], [0, 0]], "0")`]: 'OptionError: pad: value must be a number, got "0"',
  [`${x}.expandDims()`]: 'ShapeError: expandDims: axis undefined does not exist in a tensor with 3 axes',
  [`${x}.squeeze(0)`]: 'ShapeError: squeeze: axes must be a list of integers, such as [0, 1], got 0',
  [`${x}.broadcastTo()`]: `ShapeError: broadcastTo: ${shape} undefined`,
  [`${x}.gather()`]: `${values} undefined`,
  [`${x}.gather([2])`]: 'ShapeError: gather: index 0 of [1] is 2, but axis 0 has 2 elements',
  [`${x}.gather([0.5])`]: 'ShapeError: gather: index 0 of [1] is 0.5, but axis 0 has 2 elements',
  [`${x}.gather(-4, 1)`]: 'ShapeError: gather: the index is -4, but axis 1 has 3 elements',
  [`${x}.gather([true])`]: 'ShapeError: gather: index 0 of [1] is true, expected an integer, but axis 0 has 2 elements',
  [`${x}.cast()`]: 'OptionError: unknown dtype undefined; known: float32, int32, uint8, bool',
  [`${x}.add()`]:
    'OptionError: add: expected a tensor or a number, got undefined; make a tensor of it with tensor(...)',
  [`${x}.multiply("2")`]:
    'OptionError: multiply: expected a tensor or a number, got "2"; make a tensor of it with tensor(...)',
  [`${x}.less([1, 2, 3])`]:
    'OptionError: less: expected a tensor or a number, got [1, 2, 3]; make a tensor of it with tensor(...)',
  [`${x}.clip(0)`]: 'OptionError: clip: max must be a number, got undefined',
  [`${x}.clip(NaN, 1)`]: 'OptionError: clip: min must not be greater than max, got NaN and 1',
  [`${x}.sum("0")`]: 'ShapeError: sum: axes must be a list of integers, such as [0, 1], got "0"',
  [`${x}.sum(0, { keepDims: true })`]: 'OptionError: sum: keepDims must be true or false, got { keepDims: true }',
  [`${x}.std(0.5)`]: 'ShapeError: std: axis 0.5 does not exist in a tensor with 2 axes',
  [`${x}.argmin("a")`]: 'ShapeError: argmin: axis "a" does not exist in a tensor with 2 axes',
  [`${x}.matmul(2)`]: 'OptionError: matmul: expected a tensor, got 2; make one of it with tensor(...)',
  [`${x}.matmul(tensor(2))`]: 'ShapeError: matmul: both operands need at least 1 axis, got [2, 3] x []',
  [`${x}.assertShape()`]: `ShapeError: assertShape: ${shape} undefined`,
  [`${x}.at(0)`]: 'ShapeError: at: [2, 3] has 2 axes, got the position [0]',
  [`${x}.at("0", 1)`]: 'ShapeError: at: axis 0 has 2 elements, there is none at "0"',
};

t.test('creation', async t => {
  for (const [program, message] of Object.entries(creation)) {
    t.equal(
      errorOf(() => run(program.startsWith('{') ? `(() => ${program})()` : program)),
      message,
      program,
    );
  }
});

t.test('operations', async t => {
  for (const [program, message] of Object.entries(operations))
    t.equal(
      errorOf(() => run(program)),
      message,
      program,
    );
});

t.test('whatever it is given, an operation throws an InklingError or works', async t => {
  const odd = [
    'undefined',
    'null',
    '"abc"',
    'NaN',
    '-1',
    '{}',
    '[]',
    '[[]]',
    '[null]',
    'true',
    '10n',
    'Symbol("s")',
    'new Date(0)',
  ];
  const functions = [
    'tensor',
    'zeros',
    'ones',
    'full',
    'arange',
    'oneHot',
    'randomUniform',
    'randomNormal',
    'concat',
    'stack',
  ];
  const methods = Object.getOwnPropertyNames(inkling.Tensor.prototype).filter(
    name => !['constructor', 'size', 'rank'].includes(name),
  );
  const calls = [
    ...[...functions, 'new Tensor', 'encodeSafetensors', 'decodeSafetensors'],
    ...methods.map(name => `${x}.${name}`),
  ].flatMap(called =>
    odd.flatMap(first => [`${called}(${first})`, ...odd.map(second => `${called}(${first}, ${second})`)]),
  );
  t.ok(calls.length > 6000, `${calls.length} calls`);
  const raw = calls.flatMap(call => {
    try {
      run(call);
      return [];
    } catch (error) {
      return error instanceof inkling.InklingError ? [] : [`${call}: ${error}`];
    }
  });
  t.same(raw, []);
});
