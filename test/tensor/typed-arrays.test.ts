/** Every typed array becomes a tensor whose type holds its elements, or is refused. */
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { type SourceArray, Tensor, tensor, zeros } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

const described = ({ dtype, data }: Tensor) => [dtype, data.constructor.name, [...data]];

t.test('numbers become float32', async t => {
  t.same(described(tensor(Float64Array.of(1.5, -2.5))), ['float32', 'Float32Array', [1.5, -2.5]]);
  t.same(described(tensor(Float64Array.of(0.1))), ['float32', 'Float32Array', [Math.fround(0.1)]]);
});

t.test('integers become int32, which holds them all', async t => {
  const arrays = [
    Int8Array.of(-128, 127),
    Int16Array.of(-(2 ** 15), 2 ** 15 - 1),
    Uint16Array.of(0, 2 ** 16 - 1),
    Uint32Array.of(0, 2 ** 31 - 1),
    BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n),
    BigUint64Array.of(0n, 2n ** 31n - 1n),
  ];
  for (const array of arrays) {
    t.same(described(tensor(array)), ['int32', 'Int32Array', [...array].map(Number)], array.constructor.name);
  }
});

t.test('integers that int32 cannot hold are refused, unless a type is given', async t => {
  const advice = "give dtype 'float32', which rounds it, or 'int32', which takes the nearest number that it has";
  const faults: [SourceArray, string][] = [
    [Uint32Array.of(1, 2 ** 31), 'element 1 of the Uint32Array is 2147483648'],
    [BigInt64Array.of(-(2n ** 31n) - 1n), 'element 0 of the BigInt64Array is -2147483649'],
    [BigUint64Array.of(2n ** 63n), 'element 0 of the BigUint64Array is 9223372036854775808'],
  ];
  for (const [array, what] of faults) {
    t.equal(
      errorOf(() => tensor(array)),
      `DataError: tensor: ${what}, which int32 cannot hold; ${advice}`,
    );
  }
  t.same(tensor(Uint32Array.of(2 ** 31), [1], 'float32').toArray(), [2 ** 31]);
  t.same(tensor(BigInt64Array.of(-(2n ** 40n)), [1], 'int32').toArray(), [-(2 ** 31)]);
  t.same(tensor(Float64Array.of(-1.5, 300), [2], 'uint8').toArray(), [0, 255], 'as a cast does');
});

t.test('canvas pixels are uint8, in the same memory', async t => {
  const pixels = Uint8ClampedArray.of(0, 128, 300);
  const x = tensor(pixels);
  t.same(described(x), ['uint8', 'Uint8Array', [0, 128, 255]]);
  t.equal(x.data.buffer, pixels.buffer);
  t.equal(new Tensor([3], 'uint8', x.data).data, x.data);
});

t.test('float16, by the name that engines which have it use', async t => {
  class Float16Array extends Float64Array {
    override get [Symbol.toStringTag](): 'Float64Array' {
      // What Object.prototype.toString reads; the compiler knows this class as its parent.
      return 'Float16Array' as string as 'Float64Array';
    }
  }
  t.same(described(tensor(Float16Array.of(0.5, 65504))), ['float32', 'Float32Array', [0.5, 65504]]);
});

t.test('a Buffer and arrays of another context are plain arrays on the same memory', async t => {
  const buffer = Buffer.from([1, 2, 3]);
  const x = tensor(buffer);
  t.same(described(x), ['uint8', 'Uint8Array', [1, 2, 3]]);
  t.equal(x.data.buffer, buffer.buffer);
  x.slice([1]).data.fill(9);
  t.same([...buffer], [1, 2, 3], 'a slice is a copy: that of a Buffer is none');
  const foreign: Float32Array = runInNewContext('new Float32Array([1, 2])');
  t.same(described(tensor(foreign)), ['float32', 'Float32Array', [1, 2]]);
  t.equal(new Tensor([2], 'float32', foreign).data.buffer, foreign.buffer);
});

t.test('typed arrays as rows, BigInt64Array too', async t => {
  t.same(described(tensor([Float64Array.of(1.5), Int8Array.of(2)])), ['float32', 'Float32Array', [1.5, 2]]);
  t.same(described(tensor([BigInt64Array.of(3n)], [1, 1], 'int32')), ['int32', 'Int32Array', [3]]);
});

t.test('the constructor takes the array of its type alone', async t => {
  const cases: [() => unknown, string][] = [
    [
      () => new Tensor([1], 'int32', Float32Array.of(1.5) as Int32Array | Float32Array as Int32Array),
      "the data of int32 is an Int32Array, got a Float32Array of 1 elements; tensor(values, shape, 'int32') converts",
    ],
    [
      () => new Tensor([2], 'float32', [1, 2] as readonly number[] | Float32Array as Float32Array),
      "the data of float32 is a Float32Array, got [1, 2]; tensor(values, shape, 'float32') converts",
    ],
    [
      () => new Tensor([1], 'bool', Int8Array.of(1) as Int8Array | Uint8Array as Uint8Array),
      "the data of bool is a Uint8Array, got an Int8Array of 1 elements; tensor(values, shape, 'bool') converts",
    ],
  ];
  for (const [fault, message] of cases) t.equal(errorOf(fault), `DataError: Tensor: ${message}`);
});

t.test('int32 is exact', async t => {
  const int32 = (...values: number[]) => tensor(Int32Array.from(values));
  t.same(int32(123456789).multiply(987654321).toArray(), [-67153019], "NumPy's int32");
  t.same(int32(65537).square().toArray(), [131073]);
  t.same(int32(3, -3, 7).pow(21).toArray(), [1870418611, -1870418611, 192061479]);
  t.same(int32(16777217).equal(16777217).toArray(), [true], 'compared with the number itself, not with its float32');
  t.same(int32(-1).less(3e9).toArray(), [true]);
  const sum = new Int32Array(2 ** 22 + 8).fill(2 ** 31 - 1);
  t.equal(tensor(sum).sum().item(), -(2 ** 22) - 8, 'a sum beyond 2^53 wraps around as well');
  t.equal(zeros([0], 'int32').sum().item(), 0);
  t.same(tensor(Uint8Array.of(3, 200)).clip(-5, 300).toArray(), [3, 200]);
  t.same(tensor(Uint8Array.of(3)).clip(300, 400).toArray(), [255], 'bounds are kept within the range too');
  const faults: [() => unknown, string][] = [
    [
      () => int32(1).add(3e9),
      'add: 3000000000 does not fit into int32, the type of the result; cast the tensor to float32 first',
    ],
    [() => int32(2).pow(-1), 'pow: integers have no integer power of -1; cast the tensor to float32 first'],
    [() => int32(2).clip(0.5, 2), 'clip: min 0.5 is no integer, but the tensor is int32; cast it to float32 first'],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
});

t.test('NaN: its first place, as in NumPy', async t => {
  const x = tensor([1, Number.NaN, 3, Number.NaN]);
  t.same([x.argmax().item(), x.argmin().item()], [1, 1]);
  t.same(x.reshape([2, 2]).argmax(0).toArray(), [1, 0]);
});

t.test('powers of extreme numbers, as in C', async t => {
  const power = (base: number, exponent: number) => tensor([base]).pow(exponent).item();
  t.same([power(-1, 2000), power(-1, 2001), power(-2, 1025)], [1, -1, -Infinity]);
  t.same([power(1, Infinity), power(-0.5, -Infinity), power(2, -Infinity)], [1, Infinity, 0]);
  t.same([power(1, Number.NaN), power(0, Number.NaN)], [1, Number.NaN]);
});
