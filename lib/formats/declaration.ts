import { posix, win32 } from 'node:path';
import type { Shape } from '../shape/shape.ts';

/** `models/digits.d.keras.ts` for `models/digits.keras`: where TypeScript looks when that file is imported. */
export function declarationPath(path: string): string {
  const ending = posix.extname(path);
  return ending === '' ? `${path}.d.ts` : `${path.slice(0, -ending.length)}.d${ending}.ts`;
}

/** The text of the declaration: the file as an import gives it, and by its path as a text. */
export function declarationOf(
  path: string,
  model: { readonly inputShape: Shape; readonly outputShape: Shape },
): string {
  const plain = path
    .split(win32.sep)
    .join(posix.sep)
    .replace(/^(\.\/)+/, '');
  const isRelative = !posix.isAbsolute(plain) && !plain.startsWith('../');
  const names = isRelative ? [plain, `./${plain}`] : [plain];
  const type = `ModelFile<[${model.inputShape.join(', ')}], [${model.outputShape.join(', ')}]>`;
  return `// Written by inkling-types: do not edit.
import type { ModelFile } from 'inkling/formats';

declare const file: ${type};
export default file;

declare module 'inkling/formats' {
  interface ModelFiles {
${names.map(name => `    ${JSON.stringify(name)}: ${type};`).join('\n')}
  }
}
`;
}
