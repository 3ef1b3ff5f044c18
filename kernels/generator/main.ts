/** Makes the code of all formulas: `npm run generate`; with --check it fails where the committed code is another. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { families } from '../formulas/index.ts';
import { bindingsFile } from './bindings.ts';
import { contractFile, costFile } from './contract.ts';
import { exportsFile } from './exports.ts';
import { kernelsOf } from './kernel-code.ts';
import { loopsFile } from './loops.ts';
import { gradientsFile, opsFile } from './plan.ts';
import { simdFile } from './simd.ts';

const root = join(import.meta.dirname, '../..');
const notice = '// Made by `npm run generate`; what is changed here is lost.\n';

/** All generated files by their paths, before they are formatted. */
async function generated(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const formulas = Object.values(families).flatMap(family => Object.entries(family));
  const codes = formulas.flatMap(([operation, formula]) => kernelsOf(operation, formula));
  for (const [file, family] of Object.entries(families)) {
    const own = Object.entries(family).flatMap(([operation, formula]) => kernelsOf(operation, formula));
    files.set(`kernels/loops/generated/${file}.ts`, loopsFile(own));
    files.set(`kernels/simd/generated/${file}.ts`, simdFile(own));
  }
  const layouts = await readFile(join(root, 'kernels/simd/layouts.binding.ts'), 'utf8');
  files.set('kernels/simd/generated/layouts.ts', assemblyScriptLayouts(layouts));
  files.set('kernels/loops/generated/index.ts', loopsIndex(codes.map(({ name }) => name)));
  files.set('kernels/simd/generated/index.ts', familyExports());
  files.set('kernels/simd/generated/formulas.binding.ts', bindingsFile(codes));
  files.set('kernels/generated/contract.ts', contractFile(codes));
  files.set('kernels/generated/cost.ts', costFile(codes));
  files.set('lib/plan/generated/gradients.ts', gradientsFile(formulas));
  files.set('lib/plan/generated/ops.ts', opsFile(formulas));
  const index = await readFile(join(root, 'kernels/simd/index.ts'), 'utf8');
  const read = async (module: string): Promise<string> => {
    if (module !== 'generated/index') return readFile(join(root, 'kernels/simd', `${module}.ts`), 'utf8');
    return Object.keys(families)
      .map(file => files.get(`kernels/simd/generated/${file}.ts`))
      .join('\n');
  };
  files.set('kernels/simd/generated/exports.binding.ts', await exportsFile(index, read));
  return files;
}

/** The same constants and functions in the other language. */
function assemblyScriptLayouts(text: string): string {
  const code = text.slice(text.indexOf('*/') + 2);
  return code.replaceAll(': number', ': usize').replace(/^export const (\w+) =/gm, 'export const $1: usize =');
}

const familyExports = (): string =>
  Object.keys(families)
    .map(file => `export * from './${file}';`)
    .join('\n');

function loopsIndex(names: readonly string[]): string {
  const imports = Object.keys(families).map(file => `import * as ${file} from './${file}.ts';`);
  const kernels = names.map(name => {
    const family = Object.entries(families).find(([, formulas]) =>
      Object.entries(formulas).some(([operation, formula]) =>
        kernelsOf(operation, formula).some(code => code.name === name),
      ),
    );
    return `${name}: ${family![0]}.${name},`;
  });
  return [...imports, '', 'export const formulaLoops = {', ...kernels, '};'].join('\n');
}

/** What biome makes of a file at that path. */
function formatted(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const process = spawn(globalThis.process.execPath, [biome, 'check', '--write', `--stdin-file-path=${path}`], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    process.stdout.on('data', chunk => chunks.push(chunk));
    process.on('error', reject);
    process.on('close', code => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`biome cannot format ${path}: it ends with ${code}`));
    });
    process.stdin.end(notice + text);
  });
}

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of await generated()) {
  const file = join(root, path);
  const [now, wanted] = [await readFile(file, 'utf8').catch(() => ''), await formatted(path, text)];
  if (now === wanted) continue;
  stale.push(path);
  if (isCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wanted);
}
if (isCheck && stale.length > 0) {
  console.error(`not what the formulas give: ${stale.join(', ')}\nrun: npm run generate`);
  process.exitCode = 1;
}
