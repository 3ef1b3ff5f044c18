import { createHash } from 'node:crypto';
import { pageScript, pageStyle } from './assets.ts';
import { type Content, html, Markup } from './markup/markup.ts';
import { palettes, type ThemeName } from './theme.ts';

/** The colours of a theme as CSS, under names such as --ink. */
function variables(theme: ThemeName): string {
  const { heat, warm, series, ...plain } = palettes[theme];
  const lists = Object.entries({ heat, warm, series }).flatMap(([name, colors]) =>
    colors.map((color, i) => [`${name}-${i}`, color]),
  );
  return [...Object.entries(plain), ...lists].map(([name, color]) => `--${name}:${color}`).join(';');
}

/** Follows the system, unless the reader has chosen. */
const themeStyle = [
  `:root{color-scheme:light;${variables('light')}}`,
  `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${variables('dark')}}}`,
  `:root[data-theme=dark]{color-scheme:dark;${variables('dark')}}`,
].join('\n');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * A whole HTML file. Its policy allows no connection at all, and no script but its own, so that a page cannot reveal what
 * is in it, whatever texts it was made of.
 */
export async function pageOf(title: string, body: Content): Promise<string> {
  const [script, style] = await Promise.all([pageScript(), pageStyle()]);
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(themeStyle)}
${new Markup(style)}</style>
</head>
<body>
${body}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}
