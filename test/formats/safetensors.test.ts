import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { FormatError } from '../../lib/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../lib/formats/safetensors.ts';
import { type DType, tensor } from '../../lib/tensor/index.ts';
import { errorOf } from '../error-of.ts';

interface Described {
  readonly metadata: { readonly [key: string]: string };
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: number[];
    readonly data: readonly (string | number)[];
  }[];
}

const golden = join(import.meta.dirname, '../golden/reference.safetensors');
const reference = new Uint8Array(readFileSync(golden));
const described: Described = JSON.parse(readFileSync(`${golden}.json`, 'utf8'));
const fromDescription = Object.fromEntries(
  described.tensors.map(({ name, dtype, shape, data }) => [name, tensor(data.map(Number), shape, dtype)]),
);

/** Everything a file holds, in a form that node's deepStrictEqual compares whole: it tells 0 from -0. */
const content = ({ tensors, metadata = {} }: Safetensors) => ({
  metadata: new Map(Object.entries(metadata)),
  tensors: new Map(Object.entries(tensors).map(([name, { shape, dtype, data }]) => [name, { shape, dtype, data }])),
});

t.test('reads a file of the reference implementation', async t => {
  const read = decodeSafetensors(reference, 'reference.safetensors');
  t.equal(Object.keys(read.tensors).length, described.tensors.length);
  assert.deepStrictEqual(content(read), content({ tensors: fromDescription, metadata: described.metadata }));
  const extremes = read.tensors['extremes']!.data;
  t.ok(Object.is(extremes[0], Number.NaN) && Object.is(extremes[3], -0), 'NaN and the sign of zero');
  t.ok(Object.hasOwn(read.tensors, '__proto__'), 'a name that is special in JavaScript is kept');
});

t.test('writes the bytes that the reference implementation writes', async t => {
  const written = encodeSafetensors({ tensors: fromDescription, metadata: described.metadata });
  t.equal(Buffer.compare(written, reference), 0);
});

const anyTensor = fc
  .tuple(fc.constantFrom<DType>('float32', 'int32', 'uint8', 'bool'), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const element = {
      float32: fc.float(),
      int32: fc.integer(),
      uint8: fc.nat(255),
      bool: fc.nat(1),
    }[dtype];
    return fc.array(element, { minLength: length, maxLength: length }).map(values => tensor(values, shape, dtype));
  });
const name = fc.string({ unit: 'binary' }).filter(each => each !== '__metadata__');

t.test('what is written is read again', async () => {
  const text = fc.string({ unit: 'binary' });
  const anyFile = fc.record({
    tensors: fc.dictionary(name, anyTensor, { maxKeys: 6 }),
    metadata: fc.dictionary(text, text, { maxKeys: 3 }),
  });
  fc.assert(
    fc.property(anyFile, file => {
      const bytes = encodeSafetensors(file);
      const read = decodeSafetensors(bytes, 'drawn');
      assert.deepStrictEqual(content(read), content(file));
      const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      assert.strictEqual(headerBytes % 8, 0);
      assert.deepStrictEqual(encodeSafetensors(read), bytes);
    }),
    { seed: 1, numRuns: 300 },
  );
});

t.test('a file at any place of a larger buffer', async t => {
  const buffer = new Uint8Array(reference.length + 8);
  for (const offset of [1, 2, 3, 5]) {
    buffer.set(reference, offset);
    const read = decodeSafetensors(buffer.subarray(offset, offset + reference.length), 'reference.safetensors');
    t.equal(Buffer.compare(encodeSafetensors(read), reference), 0);
  }
});

t.test('the bytes in any form, and without a name for messages', async t => {
  const { buffer, byteOffset, byteLength } = reference;
  const alone = buffer.slice(byteOffset, byteOffset + byteLength);
  const shared = new SharedArrayBuffer(byteLength);
  new Uint8Array(shared).set(reference);
  for (const bytes of [alone, shared, new DataView(alone), Buffer.from(reference)]) {
    t.equal(Buffer.compare(encodeSafetensors(decodeSafetensors(bytes)), reference), 0, bytes.constructor.name);
  }
  t.equal(
    errorOf(() => decodeSafetensors(new Uint8Array(3))),
    'FormatError: safetensors: truncated at byte 3: a safetensors file begins with 8 bytes for the length of its header',
  );
});

t.test('plain JavaScript callers are told what was expected', async t => {
  const { encode, decode }: { readonly [name: string]: (given?: unknown) => unknown } = {
    encode: given => encodeSafetensors(given as Safetensors),
    decode: given => decodeSafetensors(given as Uint8Array),
  };
  const bytes = 'decodeSafetensors: expected the bytes of a file, a Uint8Array or an ArrayBuffer, got';
  const faults: [() => unknown, string][] = [
    [() => decode!(), `${bytes} undefined`],
    [() => decode!('model.safetensors'), `${bytes} "model.safetensors"`],
    [() => decode!({ length: 3 }), `${bytes} { length: 3 }`],
    [() => encode!(), 'encodeSafetensors: expected { tensors } with tensors by name, got undefined'],
    [() => encode!({ a: 1 }), 'encodeSafetensors: expected { tensors } with tensors by name, got { a: 1 }'],
    [() => encode!({ tensors: { a: [1] } }), 'encodeSafetensors: "a" must be a tensor, got [1]'],
    [
      () => encode!({ tensors: {}, metadata: { epoch: 3 } }),
      'encodeSafetensors: metadata must hold texts by key, got { epoch: 3 }',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
});

t.test('metadata may be left out, and then is not written', async t => {
  const bytes = encodeSafetensors({ tensors: {} });
  t.equal(new TextDecoder().decode(bytes.subarray(8)), '{}      ');
  t.strictSame(decodeSafetensors(bytes, 'x'), { tensors: {}, metadata: {} });
});

t.test('a tensor cannot have the name of the metadata', async t => {
  t.equal(
    errorOf(() => encodeSafetensors({ tensors: { __metadata__: tensor([1]) } })),
    'OptionError: encodeSafetensors: no tensor can have the name "__metadata__"',
  );
});

/** A file with any header, right or wrong, and `size` bytes of data. */
function fileOf(header: unknown, size = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + size).fill(2, 8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

t.test('damaged files: every message names the file and the byte', async t => {
  const field = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });
  const bytes = (begin: number, end: number) => field('U8', [end - begin], [begin, end]);
  const notJson = 'byte 8: the header is not JSON in UTF-8; this is no safetensors file, or it is damaged';
  const faults: [bytes: Uint8Array, message: string][] = [
    [
      reference.subarray(0, 7),
      'truncated at byte 7: a safetensors file begins with 8 bytes for the length of its header',
    ],
    [
      reference.subarray(0, 500),
      'byte 0: a header of 792 bytes is promised, but 492 follow; this is no safetensors file, or it is truncated',
    ],
    [
      new TextEncoder().encode('\x89PNG\r\n and so on'),
      'byte 0: a header of 2308672358888540610 bytes is promised, but 9 follow; this is no safetensors file, or it is truncated',
    ],
    [fileOf('{"a":'), notJson],
    [fileOf('\uFEFF{}'), notJson],
    [Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0x22, 0xff, 0xff, 0x22), notJson],
    [fileOf([]), 'byte 8: the header must be a JSON object'],
    [fileOf('null'), 'byte 8: the header must be a JSON object'],
    [
      // Escaped, the same name; and the byte is counted in UTF-8.
      fileOf(`{"ä\\"{":${JSON.stringify(bytes(0, 0))}, "\\u00e4\\"{":${JSON.stringify(bytes(0, 0))}}`),
      'byte 66: the header has "ä"{" twice',
    ],
    [fileOf({ a: 3 }), 'byte 9: tensor "a": expected { dtype, shape, data_offsets }, got 3'],
    [
      fileOf({ a: field('F8_E4M3', [1], [0, 1]) }, 1),
      'byte 9: tensor "a": the type "F8_E4M3" is not supported; convert it to one of F32, I32, U8, BOOL, F64, F16, BF16, I8, I16, U16, U32, I64, U64',
    ],
    [
      fileOf({ a: { shape: [1], data_offsets: [0, 2] } }, 2),
      'byte 9: tensor "a": the type undefined is not supported; convert it to one of F32, I32, U8, BOOL, F64, F16, BF16, I8, I16, U16, U32, I64, U64',
    ],
    [
      fileOf({ a: field('U8', [-1], [0, 1]) }, 1),
      'byte 9: tensor "a": the shape must be a list of integers of 0 or more, got [-1]',
    ],
    [
      fileOf({ a: field('U8', 1, [0, 1]) }, 1),
      'byte 9: tensor "a": the shape must be a list of integers of 0 or more, got 1',
    ],
    [
      fileOf({ a: field('U8', [1], [0, 1.5]) }, 1),
      'byte 9: tensor "a": data_offsets must be two integers of 0 or more, got [0, 1.5]',
    ],
    [
      fileOf({ a: field('U8', [1], [0, 1, 2]) }, 1),
      'byte 9: tensor "a": data_offsets must be two integers of 0 or more, got [0, 1, 2]',
    ],
    [
      fileOf({ a: bytes(0, 3), b: field('F32', [2, 1], [3, 10]) }, 10),
      'byte 61: tensor "b": data_offsets [3, 10] span 7 bytes, but [2, 1] of F32 has 8',
    ],
    [
      fileOf({ a: field('U8', [1], [1, 0]) }, 1),
      'byte 9: tensor "a": data_offsets [1, 0] span -1 bytes, but [1] of U8 has 1',
    ],
    [
      fileOf({ a: bytes(0, 3), b: bytes(3, 8) }, 7),
      'byte 61: tensor "b" takes the bytes 116 to 121 of the file, which has 120; it is truncated',
    ],
    [
      fileOf({ a: bytes(0, 3), b: bytes(2, 5) }, 5),
      'byte 61: tensor "b" takes the bytes 115 to 118 of the file, expected it to begin at 116: tensors follow one another without gaps',
    ],
    [
      fileOf({ a: bytes(1, 3) }, 3),
      'byte 9: tensor "a" takes the bytes 62 to 64 of the file, expected it to begin at 61: tensors follow one another without gaps',
    ],
    [fileOf({ a: bytes(0, 3) }, 5), 'byte 64: the tensors end here, but 2 more bytes follow'],
    [fileOf({ a: field('BOOL', [1], [0, 1]) }, 1), 'byte 63: tensor "a": a bool is 0 or 1, got 2'],
    [fileOf({ __metadata__: { epoch: 3 } }), 'byte 9: __metadata__ must hold texts by key, got { epoch: 3 }'],
    [fileOf({ __metadata__: null }), 'byte 9: __metadata__ must hold texts by key, got null'],
  ];
  for (const [file, message] of faults) {
    t.equal(
      errorOf(() => decodeSafetensors(file, 'x')),
      `FormatError: x: ${message}`,
    );
  }
});

t.test('headers that were made to do harm', async t => {
  const depth = 200_000;
  const deep = '['.repeat(depth) + ']'.repeat(depth);
  const field = '"dtype":"U8","data_offsets":[0,0]';
  const faults: [header: string, message: string][] = [
    [`{"a":${deep}}`, 'byte 9: tensor "a": expected { dtype, shape, data_offsets }, got [[[...]]]'],
    [
      `{"a":{${field},"shape":${deep}}}`,
      'byte 9: tensor "a": the shape must be a list of integers of 0 or more, got [[[...]]]',
    ],
    [`{"__metadata__":{"a":${deep}}}`, 'byte 9: __metadata__ must hold texts by key, got { a: [[...]] }'],
    [deep, 'byte 8: the header must be a JSON object'],
    [
      `{"__proto__":{"dtype":"C64","isAdmin":true}}`,
      'byte 9: tensor "__proto__": the type "C64" is not supported; convert it to one of F32, I32, U8, BOOL, F64, F16, BF16, I8, I16, U16, U32, I64, U64',
    ],
    [
      `{"a":{"__proto__":{${field},"shape":[0]}}}`,
      'byte 9: tensor "a": the type undefined is not supported; convert it to one of F32, I32, U8, BOOL, F64, F16, BF16, I8, I16, U16, U32, I64, U64',
    ],
    [
      `{"a":{${field},"shape":[9007199254740991,9007199254740991]}}`,
      'byte 9: tensor "a": data_offsets [0, 0] span 0 bytes, but [9007199254740991, 9007199254740991] of U8 has 8.112963841460666e+31',
    ],
    [
      '{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}',
      'byte 9: tensor "a" takes the bytes 86 to 4000000000086 of the file, which has 86; it is truncated',
    ],
  ];
  for (const [header, message] of faults) {
    t.equal(
      errorOf(() => decodeSafetensors(fileOf(header))),
      `FormatError: safetensors: ${message}`,
    );
  }
  const { tensors, metadata } = decodeSafetensors(
    fileOf(
      `{"__metadata__":{"__proto__":"x","constructor":"y"},"__proto__":{${field},"shape":[0]},"toString":{${field},"shape":[0]}}`,
    ),
  );
  t.same(
    [Object.keys(tensors), Object.keys(metadata)],
    [
      ['__proto__', 'toString'],
      ['__proto__', 'constructor'],
    ],
  );
  t.equal(Object.getPrototypeOf(tensors), Object.prototype);
  t.equal(Object.getPrototypeOf(metadata), Object.prototype);
  t.equal(Reflect.get({}, 'isAdmin'), undefined, 'no other object is changed');
});

t.test('any damage whatever is read or is a FormatError, and cut files are never read', async t => {
  const place = fc.nat(reference.length - 1);
  const damage = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, changes => {
      const bytes = reference.slice();
      for (const [at, value] of changes) bytes[at] = value;
      try {
        decodeSafetensors(bytes, 'damaged');
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
  const lengths = Array.from({ length: reference.length }, (_, length) => length);
  const read = (length: number) => errorOf(() => decodeSafetensors(reference.subarray(0, length), 'cut'));
  t.strictSame(
    lengths.filter(length => !/^FormatError: cut: (truncated at )?byte /.test(read(length))),
    [],
  );
});

t.test('types that Inkling does not have become float32 or int32', async t => {
  const little = (bytes: number, write: (view: DataView) => void): number[] => {
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    return [...new Uint8Array(view.buffer)];
  };
  const cases: [type: string, bytes: number[], dtype: DType, value: number][] = [
    // The values of halves are those of IEEE 754: one, the largest, the least normal and the least of all, infinity.
    ['F16', [0x00, 0x3c], 'float32', 1],
    ['F16', [0xff, 0xfb], 'float32', -65504],
    ['F16', [0x00, 0x04], 'float32', 2 ** -14],
    ['F16', [0x01, 0x00], 'float32', 2 ** -24],
    ['F16', [0x00, 0xfc], 'float32', Number.NEGATIVE_INFINITY],
    ['F16', [0x00, 0x7e], 'float32', Number.NaN],
    ['BF16', [0xc0, 0x3f], 'float32', 1.5],
    ['BF16', [0x80, 0xff], 'float32', Number.NEGATIVE_INFINITY],
    ['F64', little(8, view => view.setFloat64(0, 0.1, true)), 'float32', Math.fround(0.1)],
    ['I8', [0x80], 'int32', -128],
    ['I16', [0x00, 0x80], 'int32', -32768],
    ['U16', [0xff, 0xff], 'int32', 65535],
    ['U32', [0xff, 0xff, 0xff, 0x7f], 'int32', 2 ** 31 - 1],
    ['I64', little(8, view => view.setBigInt64(0, -3n, true)), 'int32', -3],
    ['U64', little(8, view => view.setBigUint64(0, 7n, true)), 'int32', 7],
  ];
  const withBytes = (type: string, bytes: readonly number[]) => {
    const file = fileOf({ a: { dtype: type, shape: [1], data_offsets: [0, bytes.length] } }, bytes.length);
    file.set(bytes, file.length - bytes.length);
    return file;
  };
  for (const [type, bytes, dtype, value] of cases) {
    const { a } = decodeSafetensors(withBytes(type, bytes)).tensors;
    t.same([a!.dtype, a!.data[0]], [dtype, value], `${type} ${value}`);
  }
  t.equal(
    errorOf(() =>
      decodeSafetensors(
        withBytes(
          'I64',
          little(8, view => view.setBigInt64(0, 2n ** 40n, true)),
        ),
        'x',
      ),
    ),
    'FormatError: x: byte 62: tensor "a": 1099511627776 is beyond the range of int32',
  );
});
