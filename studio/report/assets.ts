import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm } from '@resvg/resvg-wasm';
import { FileError } from 'inkling';

/** What the build makes of `page/`: in the folder dist of this package, one folder up from the sources and from the bundle. */
const built = (name: string): URL => new URL(`../dist/${name}`, import.meta.url);

async function readBuilt(name: string): Promise<Uint8Array> {
  return readFile(built(name)).catch(cause => {
    throw new FileError(`${built(name).pathname} cannot be read; in the repository, \`npm run build:page\` makes it`, {
      cause,
    });
  });
}

/** Reads or starts something when it is first asked for, and once if that went well. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch(error => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

const textOf = (name: string): (() => Promise<string>) =>
  once(async () => new TextDecoder().decode(await readBuilt(name)));

/** The script that makes a page interactive. */
export const pageScript = textOf('page.js');

/** How a page looks, with its fonts. */
export const pageStyle = textOf('page.css');

/** The fonts for pictures, as TrueType. */
export const fontFiles = once(() => Promise.all(['regular.ttf', 'semibold.ttf'].map(readBuilt)));

/** Starts what makes PNGs of SVGs. */
export const startResvg = once(async () => {
  const require = createRequire(import.meta.url);
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
});
