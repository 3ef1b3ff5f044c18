import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import h5wasm from 'h5wasm';
import t, { type Test } from 'tap';
import { isHdf5 } from '../../lib/files/signatures.ts';
import { openHdf5 } from '../../lib/formats/hdf5/read.ts';
import type { Hdf5Dataset, Hdf5Group, Hdf5GroupContent } from '../../lib/formats/hdf5/tree.ts';
import { writeHdf5 } from '../../lib/formats/hdf5/write.ts';
import { errorOf } from '../error-of.ts';

const golden = join(import.meta.dirname, '../golden/formats/containers');
const read = (name: string) => new Uint8Array(readFileSync(join(golden, `${name}.h5`)));
type Described = { readonly [path: string]: { readonly shape: number[]; readonly values: string[] } };
const described: { readonly [file: string]: Described } = JSON.parse(
  readFileSync(join(golden, 'hdf5-h5py.json'), 'utf8'),
);

const datasetOf = (root: Hdf5Group, path: string): Hdf5Dataset => {
  const found = root.find(path);
  if (found?.kind !== 'dataset') throw new Error(`${path} is no dataset`);
  return found;
};

/** As Python prints it, in a form that compares numbers and not their digits. */
const parsed = (value: string): number | bigint => {
  if (/^-?\d+$/.test(value)) return BigInt(value);
  return value === 'True' || value === 'False' ? BigInt(value === 'True') : Number(value.replace('inf', 'Infinity'));
};
const comparable = (value: number | bigint, like: string): number | bigint =>
  typeof parsed(like) === 'bigint' ? BigInt(value) : Number(value);

t.test('reads what h5py writes, in the oldest and the newest form', async t => {
  for (const [file, paths] of Object.entries(described)) {
    const root = openHdf5(read(file), file);
    for (const [path, { shape, values }] of Object.entries(paths)) {
      const dataset = datasetOf(root, path);
      t.strictSame(dataset.shape, shape, `${file} ${path}`);
      const numbers = Array.from(dataset.read() as ArrayLike<number | bigint>);
      const got = numbers.map((value, i) => comparable(value, values[i]!));
      t.strictSame(got, values.map(parsed), `${file} ${path}`);
      t.equal(dataset.path, path);
    }
    t.equal(Object.is(datasetOf(root, 'extremes').read()[3], -0), true);
    t.strictSame(datasetOf(root, 'texts').readTexts(), ['one', 'zwei', '三']);
    t.equal(root.attribute('text'), 'ä text');
    t.equal(root.attribute('bytes'), 'fixed');
    t.strictSame(root.attribute('texts'), ['a', '', 'longer than the others']);
    t.strictSame(root.attribute('fixed'), ['conv2d', 'dense_1']);
    t.equal(root.attribute('integer'), 7);
    t.equal(root.attribute('float'), 0.5);
    t.strictSame(root.attribute('floats'), [1.5, 2.5]);
    t.equal(root.attribute('flag'), 1);
    t.equal(root.attribute('missing'), undefined);
    t.match(root.find('layers/dense/vars')?.attribute('long'), /^x{500,5000}$/);
    t.equal(root.find('layers/nothing/vars'), undefined);
  }
});

t.test('elements are a view of the file where they can be', async t => {
  const bytes = read('earliest');
  const dataset = datasetOf(openHdf5(bytes, 'x'), 'layers/dense/vars/0');
  t.equal(dataset.read().buffer, bytes.buffer);
  t.equal(dataset.type, 'float32');
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const copied = datasetOf(openHdf5(shifted.subarray(1), 'x'), 'layers/dense/vars/0');
  t.strictSame(copied.readFloats(), dataset.read());
  t.strictSame(datasetOf(openHdf5(bytes, 'x'), 'type i8').readFloats().length, 6);
});

t.test('names what it does not read', async t => {
  const advice = 'files of Keras and h5py do not; write it again with h5py, with libver="earliest"';
  const refused = (name: string, message: string) =>
    t.equal(
      errorOf(() => openHdf5(read(name), 'x.h5')),
      `FormatError: x.h5: ${message}`,
    );
  refused('dense', `it has a group whose names are in a fractal heap; ${advice}`);
  refused('links', '"linked" is a link to another path');
  refused('never-written', '/huge [1048576,1048576] was never written: it has no content');
  t.match(
    errorOf(() => openHdf5(read('promises'), 'x.h5')),
    /^FormatError: x\.h5: byte \d+: \/huge \[1048576,1048576\] has 1 chunks, expected 4294967296; this HDF5 file is damaged$/,
  );
  const root = openHdf5(read('earliest'), 'x.h5');
  t.equal(
    errorOf(() => datasetOf(root, 'texts').read()),
    'FormatError: x.h5: /texts holds texts, expected numbers',
  );
  t.equal(
    errorOf(() => datasetOf(root, 'half').readTexts()),
    'FormatError: x.h5: /half holds float16, expected texts',
  );
  t.equal(
    errorOf(() => openHdf5(new Uint8Array(100), 'x.h5')),
    'FormatError: x.h5: expected an HDF5 file, which begins with 89 48 44 46; this is none',
  );
  const whole = read('earliest');
  t.equal(
    errorOf(() => openHdf5(whole.subarray(0, 5000), 'x.h5')),
    `FormatError: x.h5: truncated: it has 5000 bytes of the ${whole.length} that it is to have`,
  );
  t.notOk(isHdf5(new Uint8Array(3)));
});

/** A tree of every element type, names that need sorting by bytes, and groups of many children. */
function example(): Hdf5GroupContent {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`child_${i}`, { shape: [], data: Float32Array.of(i) }]),
  );
  return {
    attributes: { text: 'ä text', texts: ['one', '', '三'], integer: -3, float: 0.25, floats: [0.5, -1], none: [] },
    children: {
      layers: {
        children: {
          many: { children: many },
          'é later than z': { attributes: { trainable: 1 } },
          z: {},
          dense: {
            children: {
              '0': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, Number.NaN, -0), attributes: { name: 'kernel' } },
              '1': { shape: [0, 3], data: new Float32Array(0) },
            },
          },
        },
      },
      types: {
        children: Object.fromEntries(
          [
            Float64Array.of(1.5),
            Int8Array.of(-1),
            Int16Array.of(-300),
            Int32Array.of(-70000),
            BigInt64Array.of(-(2n ** 60n)),
            Uint8Array.of(255),
            Uint16Array.of(65535),
            Uint32Array.of(2 ** 32 - 1),
            BigUint64Array.of(2n ** 63n),
          ].map(data => [data.constructor.name, { shape: [1], data }]),
        ),
      },
    },
  };
}

t.test('the C library reads what is written, and so do we', async t => {
  const bytes = writeHdf5(example());
  t.strictSame(writeHdf5(example()), bytes, 'the same content is the same bytes');
  const { FS } = await h5wasm.ready;
  FS.writeFile('written.h5', bytes);
  const file = new h5wasm.File('written.h5', 'r');
  const root = openHdf5(bytes, 'written.h5');
  compareChildren(t, example(), root, path => file.get(path) as never);
  file.close();
  FS.unlink('written.h5');
});

interface OfLibrary {
  readonly attrs: { readonly [name: string]: { readonly value: unknown; readonly shape: number[] } };
  readonly shape: number[];
  readonly value: unknown;
  keys(): string[];
}

function compareChildren(t: Test, content: Hdf5GroupContent, ours: Hdf5Group, theirs: (path: string) => OfLibrary) {
  compareAttributes(t, content.attributes, ours, theirs(ours.path));
  const names = Object.keys(content.children ?? {});
  t.strictSame(new Set(theirs(ours.path).keys()), new Set(names), ours.path);
  t.strictSame(new Set(ours.children.keys()), new Set(names), ours.path);
  for (const [name, child] of Object.entries(content.children ?? {})) {
    const found = ours.children.get(name)!;
    if (found.kind === 'group') compareChildren(t, child as Hdf5GroupContent, found, theirs);
    else if ('data' in child) {
      const library = theirs(found.path);
      compareAttributes(t, child.attributes, found, library);
      t.strictSame([found.shape, library.shape], [child.shape, child.shape], found.path);
      t.strictSame(found.read(), child.data, found.path);
      t.strictSame(child.shape.length === 0 ? [library.value] : Array.from(library.value as []), [...child.data]);
    }
  }
}

function compareAttributes(t: Test, expected: object = {}, ours: Hdf5Group | Hdf5Dataset, theirs: OfLibrary) {
  t.strictSame(ours.attributeNames, Object.keys(expected), ours.path);
  for (const [name, value] of Object.entries(expected)) {
    t.strictSame(ours.attribute(name), value, name);
    const found = theirs.attrs[name]!.value;
    const plain = typeof found === 'object' ? Array.from(found as [], each => plainOf(each)) : plainOf(found);
    t.strictSame(plain, value, name);
  }
}

const plainOf = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

t.test('refuses what HDF5 has no room for', async t => {
  const refused = (content: Hdf5GroupContent, message: string) =>
    t.equal(
      errorOf(() => writeHdf5(content)),
      `OptionError: writeHdf5: ${message}`,
    );
  refused({ children: { 'a/b': {} } }, '"a/b" cannot be a name in an HDF5 file');
  refused({ children: { x: { shape: [2], data: new Float32Array(3) } } }, '3 numbers do not fill the shape [2]');
  refused(
    { attributes: { many: Array.from({ length: 5000 }, () => 'x') } },
    'the attribute "many" takes 80056 bytes, HDF5 has room for 65535',
  );
  refused(
    { attributes: { mixed: ['a', 1] as never } },
    'the attribute "mixed" must be of texts or of numbers, not of both',
  );
});

t.test('any tree is read as it was written', async t => {
  const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter(text => !/[/\0]|^\.$/.test(text));
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0')),
    fc.double({ noNaN: true }).filter(number => !Object.is(number, -0)),
    fc.array(fc.maxSafeInteger(), { maxLength: 5 }).filter(list => list.length > 0),
  );
  const attributes = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
  const dataset = fc.record({ attributes, data: fc.float32Array({ maxLength: 20 }) }, { noNullPrototype: true });
  const group = fc.letrec<{ group: Hdf5GroupContent; child: Hdf5GroupContent }>(tie => ({
    group: fc.record(
      { attributes, children: fc.dictionary(name, tie('child'), { maxKeys: 12, noNullPrototype: true }) },
      { noNullPrototype: true },
    ),
    child: fc.oneof(
      { maxDepth: 3 },
      dataset.map(({ data, attributes }) => ({ attributes, data, shape: [data.length] })),
      tie('group'),
    ),
  })).group;
  fc.assert(
    fc.property(group, content => {
      assert.deepStrictEqual(contentOf(openHdf5(writeHdf5(content), 'x')), content);
    }),
  );
  t.pass();
});

/** What `writeHdf5` takes, in the order of the names as they were given. */
function contentOf(found: Hdf5Group | Hdf5Dataset): Hdf5GroupContent {
  const attributes = Object.fromEntries(found.attributeNames.map(name => [name, found.attribute(name)!]));
  if (found.kind === 'group') {
    return {
      attributes,
      children: Object.fromEntries([...found.children].map(([name, child]) => [name, contentOf(child)])),
    };
  }
  return { attributes, data: found.readFloats().slice(), shape: found.shape } as Hdf5GroupContent;
}
