import fc from 'fast-check';
import t from 'tap';
import { loadModel } from '../../lib/formats/index.ts';
import { rejectionOf } from '../error-of.ts';
import { handMade } from './hand-made.ts';
import { damage, survive, unharmed, victims } from './hostile.ts';

const refusals: { readonly [file: string]: string } = {
  'truncated.keras': 'a zip archive without the record at its end; it is truncated, or no zip archive',
  'wrong-sum.keras': '"config.json" has the checksum 79349ab7, expected 06fc824b; the archive is damaged',
  'bomb.keras':
    '"config.json" has 113 bytes in the archive and is to unpack to 2147483648, which no model does; the archive is damaged, or made to exhaust memory',
  'climbs.keras': 'the name "../../.bashrc" leads out of the archive; do not trust this file',
  'long-config.keras': '"config.json" has 100006675 bytes, expected at most 33554432',
  'deep-config.keras': 'the model must be an object with class_name and config, got [[[...]]]',
  'unknown-class.keras':
    'layer "dense" is a Perceiver, which Inkling does not have; give its factory in customLayers: { Perceiver: options => ... }',
  'lambda.keras':
    'layer "dense" is a Lambda, which holds Python code; code of files is never run: write it as a layer and give its factory in customLayers: { Lambda: options => ... }',
  'polluting.keras': 'the optimizer: __proto__ must be an object with class_name and config, got { polluted: 1 }',
  'many-units.keras':
    'the variable "/layers/dense/vars/0" has the shape [27, 5], but "dense/kernel" has [27, 999999999]',
  'absurd-shape.keras': 'model.weights.h5: /huge [1048576,1048576] was never written: it has no content',
  'absurd-chunks.keras':
    'model.weights.h5: byte 960: /huge [1048576,1048576] has 1 chunks, expected 4294967296; this HDF5 file is damaged',
  'no-weights.keras': 'there is no "model.weights.h5" in the archive, which has "config.json"',
  'other-weights.keras': 'layer "conv2d" has 1 variables in "layers/conv2d", expected 2: kernel [3, 3, 1, 3], bias [3]',
  'long-header.safetensors': 'byte 0: a header of 100000000 bytes is promised, expected at most 33554432',
  'polluting.safetensors': 'unknown layer "__proto__"; known: ',
  'deep.safetensors': 'what its metadata holds is nested too deep; the file is damaged',
  'many-units.safetensors': 'there is no tensor "dense/kernel"',
  'code.pt':
    'no format of models begins like this file: it is a Python pickle, which is code and is never run here; save the weights as safetensors in Python, and load them by loadStateDict',
};

t.test('files that were made to do harm are refused, each for what it is', async t => {
  t.strictSame(Object.keys(handMade), Object.keys(refusals));
  for (const [file, make] of Object.entries(handMade)) {
    t.equal(await rejectionOf(loadModel(make(), { file })), `FormatError: ${file}: ${refusals[file]}`);
  }
  t.equal(Reflect.get({}, 'polluted'), undefined, 'no prototype has changed');
});

t.test('a damaged file is a model or is refused, soon', async t => {
  t.capture(console, 'warn', () => undefined);
  for (const victim of await victims()) {
    t.equal(await survive(victim.damage(unharmed), victim.name), 'loaded', `${victim.name} as it is`);
    const counts = { loaded: 0, refused: 0 };
    const property = fc.asyncProperty(damage, async how => {
      counts[await survive(victim.damage(how), victim.name)]++;
    });
    await fc.assert(property, { numRuns: 50 });
    t.ok(counts.loaded + counts.refused >= 50 && counts.refused > 5, `${victim.name}: ${counts.refused} refused`);
  }
});
