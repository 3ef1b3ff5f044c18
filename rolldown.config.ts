/**
 * Bundles the package: a process that loads a few files starts faster than one that loads hundreds. What its
 * entries share is in chunks of its own, so that they have the same classes. A bundler of users drops whole chunks
 * that a program does not need, which is why tensors and what they need are one.
 */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { esmExternalRequirePlugin } from 'rolldown/plugins';

/** The packages that are bundled, for they are much larger than what is needed of them. */
const bundled = ['fflate', 'jpeg-js', 'papaparse', 'pngjs'];
const textOf = (file: string): string => readFileSync(`node_modules/${file}`, 'utf8').trim();
const licenses = (): string => {
  const own = bundled.map(name => `${name}\n\n${textOf(`${name}/LICENSE`)}\n`);
  // The decoder of jpeg-js is by others.
  const [decoder = ''] = /\/\*\n\s+Copyright[\s\S]*?\*\//.exec(textOf('jpeg-js/lib/decoder.js')) ?? [];
  return [...own, decoder].join('\n\n');
};

export default defineConfig({
  input: {
    index: 'lib/index.ts',
    node: 'lib/node.ts',
    formats: 'lib/formats/index.ts',
    'bin/inkling-types': 'lib/bin/inkling-types.ts',
  },
  platform: 'neutral',
  external: [/^node:/, /^@bufbuild\/protobuf/],
  // What is bundled is CommonJS.
  resolve: { mainFields: ['main'] },
  plugins: [
    esmExternalRequirePlugin({ external: ['assert', 'buffer', 'stream', 'util', 'zlib'] }),
    {
      name: 'licenses',
      generateBundle() {
        this.emitFile({ type: 'asset', fileName: 'LICENSES', source: licenses() });
      },
    },
  ],
  output: {
    dir: 'dist/lib',
    format: 'es',
    // As deep in dist as lib/backend is in the sources, whence the files of the kernels are two folders up.
    chunkFileNames: 'chunks/[name].js',
    minify: false,
    minifyInternalExports: false,
    // Comments on types and functions are in the declarations.
    comments: { legal: true, annotation: true, jsdoc: false },
    // Names and lines are those that one reads in the bundle; maps without the sources would be a quarter of the package.
    sourcemap: false,
    // Each group takes along what its modules import, as far as none before it has it.
    codeSplitting: {
      groups: [
        { name: 'errors', test: /\/lib\/errors\.ts$/, priority: 3 },
        { name: 'tensor', test: /\/lib\/(tensor\/|formats\/safetensors\.ts)/, priority: 2 },
        { name: 'inkling', test: /\/lib\/index\.ts$/, priority: 1 },
      ],
    },
  },
});
