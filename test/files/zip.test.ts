import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import t from 'tap';
import { isZip } from '../../lib/files/signatures.ts';
import { openZip, writeZip } from '../../lib/files/zip.ts';
import { errorOf } from '../error-of.ts';

const golden = join(import.meta.dirname, '../golden/formats/containers');
const text = (value: string) => new TextEncoder().encode(value);

/** As zips_python.py says. */
const expected: { readonly [name: string]: Uint8Array } = {
  'metadata.json': text('{"keras_version": "3.0.0"}'),
  'assets/names/ä漢.txt': text('ä漢'),
  'model.weights.h5': Uint8Array.from({ length: 1003 }, (_, i) => (i * i) % 251),
  empty: new Uint8Array(0),
};

t.test('reads what zipfile of Python writes', async t => {
  for (const name of ['stored', 'deflated', 'streamed']) {
    const bytes = new Uint8Array(readFileSync(join(golden, `${name}.zip`)));
    const zip = openZip(bytes, name);
    t.ok(isZip(bytes));
    t.strictSame(zip.names, Object.keys(expected), name);
    for (const [entry, content] of Object.entries(expected)) {
      t.strictSame(new Uint8Array(zip.read(entry)), content, `${name} ${entry}`);
      t.equal(zip.sizeOf(entry), content.length);
      t.ok(zip.has(entry));
    }
  }
});

t.test('stored content is a view; what is missing or too large is named', async t => {
  const bytes = writeZip({ a: text('content'), 'b/c': text('more') });
  const zip = openZip(bytes, 'x.keras');
  t.equal(zip.read('a').buffer, bytes.buffer);
  t.notOk(zip.has('c'));
  t.equal(
    errorOf(() => zip.read('c')),
    'FormatError: x.keras: there is no "c" in the archive, which has "a", "b/c"',
  );
  t.equal(
    errorOf(() => zip.read('a', 6)),
    'FormatError: x.keras: "a" has 7 bytes, expected at most 6',
  );
});

t.test('the same content is the same bytes, and fflate and Python read them', async t => {
  t.strictSame(writeZip(expected), writeZip(expected));
  const again = openZip(writeZip(expected), 'again');
  for (const [entry, content] of Object.entries(expected)) t.strictSame(new Uint8Array(again.read(entry)), content);
});

const small = () => zipSync({ name: [text('some content that is compressed compressed compressed'), { level: 9 }] });
/** The archive with a number in its place of the directory's only record. */
function patched(bytes: Uint8Array, offset: number, value: number, length: 2 | 4 = 4): Uint8Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = data.getUint32(bytes.length - 22 + 16, true) + offset;
  if (length === 2) data.setUint16(at, value, true);
  else data.setUint32(at, value, true);
  return bytes;
}

t.test('refuses damaged and hostile archives', async t => {
  const openAll = (bytes: Uint8Array) => {
    const zip = openZip(bytes, 'x');
    for (const name of zip.names) zip.read(name);
  };
  const refused = (bytes: Uint8Array, message: string) =>
    t.equal(
      errorOf(() => openAll(bytes)),
      `FormatError: x: ${message}`,
    );
  const packed = 33;
  refused(small().subarray(0, 80), 'a zip archive without the record at its end; it is truncated, or no zip archive');
  refused(new Uint8Array(0), 'a zip archive without the record at its end; it is truncated, or no zip archive');
  refused(patched(small(), 16, 1), '"name" has the checksum 2ad1cf04, expected 00000001; the archive is damaged');
  refused(patched(small(), 8, 1, 2), '"name" is encrypted; unpack it and pack it without a password');
  refused(patched(small(), 10, 12, 2), '"name" is compressed by the method 12; expected none (0) or deflate (8)');
  refused(patched(small(), 24, 52), '"name" does not unpack to its 52 bytes; the archive is damaged');
  refused(patched(small(), 24, 60), '"name" does not unpack to its 60 bytes; the archive is damaged');
  refused(
    patched(small(), 24, 2 ** 30),
    `"name" has ${packed} bytes in the archive and is to unpack to 1073741824, which no model does; the archive is damaged, or made to exhaust memory`,
  );
  refused(patched(small(), 24, 0xffffffff), '"name" is of 4 GB or more (zip64), which is not supported');
  refused(
    patched(small(), 42, 1000),
    '"name" reaches to byte 1063, beyond the entries; the archive is damaged or truncated',
  );
  refused(
    patched(small(), 10, 0, 2),
    `"name" has ${packed} bytes in the archive and is to unpack to 53, though it is not compressed; the archive is damaged`,
  );
  for (const name of ['../climbs', '/absolute', 'a/../../b', 'C:\\windows', '..\\climbs', 'a\0b']) {
    refused(
      zipSync({ [name]: text('x') }),
      `the name ${JSON.stringify(name)} leads out of the archive; do not trust this file`,
    );
  }
  const twice = zipSync({ aa: text('1'), ab: text('2') }, { level: 0 });
  const directory = new DataView(twice.buffer).getUint32(twice.length - 6, true);
  twice[directory + 46 + 2 + 47] = 'a'.charCodeAt(0);
  refused(twice, '"aa" is in the archive twice');
  const overlapping = zipSync({ aa: text('1'), ab: text('2') }, { level: 0 });
  new DataView(overlapping.buffer).setUint32(directory + 46 + 2 + 42, 0, true);
  refused(overlapping, '"ab" overlaps another entry; the archive is damaged or truncated');
});

t.test('a bomb is refused before it is unpacked', async t => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  const bomb = patched(zipSync({ 'config.json': [bytes, { level: 1 }] }), 24, 2 ** 26 + 1);
  const packed = new DataView(bomb.buffer).getUint32(18, true);
  t.equal(
    errorOf(() => openZip(bomb, 'x')),
    `FormatError: x: "config.json" has ${packed} bytes in the archive and is to unpack to 67108865, which no model does; the archive is damaged, or made to exhaust memory`,
  );
});
