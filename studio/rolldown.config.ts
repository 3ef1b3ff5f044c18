/** Bundles the package: its one entry, and what is written into pages: a script, a style, fonts. */
import { readFile } from 'node:fs/promises';
import { defineConfig, type Plugin } from 'rolldown';

const source = (path: string): URL => new URL(`report/${path}`, import.meta.url);

/** The style with its fonts in it, and the fonts for pictures, beside the script. */
const styleAndFonts: Plugin = {
  name: 'style-and-fonts',
  async generateBundle() {
    let css = await readFile(source('page/style.css'), 'utf8');
    for (const weight of ['regular', 'semibold']) {
      const font = (await readFile(source(`fonts/${weight}.woff2`))).toString('base64');
      css = css.replace(`../fonts/${weight}.woff2`, `data:font/woff2;base64,${font}`);
      this.emitFile({
        type: 'asset',
        fileName: `${weight}.ttf`,
        source: await readFile(source(`fonts/${weight}.ttf`)),
      });
    }
    this.emitFile({ type: 'asset', fileName: 'page.css', source: css });
    this.emitFile({ type: 'asset', fileName: 'OFL.txt', source: await readFile(source('fonts/OFL.txt')) });
  },
};

/** Reports are passed on, and these with them. */
const licences =
  '/*! Contains parts of Apache ECharts 6 (Apache License 2.0, The Apache Software Foundation, https://www.apache.org/) and ZRender (BSD 3-Clause License, Baidu Inc.). */';

/** Runs in pages: everything it needs is in it. */
const page = defineConfig({
  input: { page: 'studio/report/page/main.ts' },
  platform: 'browser',
  plugins: [styleAndFonts],
  transform: { target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' } },
  output: { dir: 'studio/dist', format: 'iife', entryFileNames: '[name].js', minify: true, banner: licences },
});

/** One file in the folder dist, so that it finds the built files in the same place as the sources do. */
const entry = defineConfig({
  input: { index: 'studio/report/index.ts' },
  platform: 'node',
  external: [/^node:/, /^inkling/, /^echarts/, /^@resvg\//, 'pngjs'],
  output: { dir: 'studio/dist', format: 'es', comments: { legal: true, annotation: true, jsdoc: false } },
});

export default [page, entry];
