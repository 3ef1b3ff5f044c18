/** The names of the functions that kernels/simd/index.ts exports, as a type. */
export async function exportsFile(index: string, read: (module: string) => Promise<string>): Promise<string> {
  const named = [...index.matchAll(/export \{([^}]+)\} from/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map(name => name.trim())
      .filter(Boolean),
  );
  const modules = [...index.matchAll(/export \* from '\.\/([^']+)'/g)].map(([, module = '']) => module);
  const texts = await Promise.all(modules.map(read));
  const all = texts.flatMap(text => [...text.matchAll(/^export function (\w+)/gm)].map(([, name = '']) => name));
  const names = [...new Set([...named, ...all])].sort();
  return [
    '/** What the WebAssembly kernels export: functions of numbers. */',
    `export type SimdFunctionName = ${names.map(name => `'${name}'`).join(' | ')};`,
  ].join('\n');
}
