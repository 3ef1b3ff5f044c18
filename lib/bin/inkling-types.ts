#!/usr/bin/env node
/** The command `inkling-types`: writes declarations of the shapes of models in files beside them. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { InklingError } from '../errors.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { declarationOf, declarationPath } from '../formats/declaration.ts';
import { loadModel } from '../node.ts';

const help = `inkling-types FILE...

Writes a declaration beside each file of a model: digits.d.keras.ts for digits.keras. With it among the files that
TypeScript compiles, loadModel('digits.keras') has the shapes of that model, and so has what an import of the file
gives to a bundler ("allowArbitraryExtensions" in tsconfig.json).

  --check   writes nothing, and fails where a declaration is missing or says something else
  --help    prints this`;

async function describeFile(path: string, isChecked: boolean): Promise<boolean> {
  const model = await loadModel(path, { compile: false });
  const [target, text] = [declarationPath(path), declarationOf(path, model)];
  model.dispose();
  if (!isChecked) {
    await writeAtomically(target, new TextEncoder().encode(text));
    console.log(`written: ${target}`);
    return true;
  }
  const isSame = (await readFile(target, 'utf8').catch(() => '')) === text;
  if (!isSame) console.error(`${target} is missing or old; run inkling-types ${path}`);
  return isSame;
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help || positionals.length === 0) {
    console.log(help);
    return values.help;
  }
  let isGood = true;
  for (const path of positionals) isGood = (await describeFile(path, values.check)) && isGood;
  return isGood;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  // Of what a user does wrong the message says enough; parseArgs throws a TypeError then.
  if (!(error instanceof InklingError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
