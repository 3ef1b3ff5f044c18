import type { EChartsCoreOption } from 'echarts/core';
import { formatCount, formatPercent, formatShort } from './format.ts';
import { palettes, type ThemeName } from './theme.ts';

/**
 * An option of echarts that is plain JSON, so that it can be written into a page. Texts that begin with `color:` are
 * colours of the theme, `color:muted` or `color:series/2`; `format:percent`, `format:count` and `format:short` are
 * functions that show a number.
 */
export type ChartOption = EChartsCoreOption;

/** A value, as echarts hands it to a formatter: itself, or in an object with the name of the point. */
type Shown = number | string | { readonly name?: string; readonly value?: unknown };

function numberOf(shown: Shown): number {
  const value = typeof shown === 'object' ? shown.value : shown;
  return Number(Array.isArray(value) ? value.at(-1) : value);
}

const formats: { readonly [name: string]: (shown: Shown) => string } = {
  percent: shown => formatPercent(numberOf(shown)),
  count: shown => formatCount(numberOf(shown)),
  short: shown => formatShort(numberOf(shown)),
};

function colorOf(name: string, theme: ThemeName): unknown {
  const [key = '', index] = name.split('/');
  const found = Object.entries(palettes[theme]).find(([each]) => each === key)?.[1];
  if (found === undefined) throw new RangeError(`there is no colour "${name}" in the theme`);
  return index === undefined || typeof found === 'string' ? found : found[Number(index) % found.length];
}

/** The option as echarts takes it: with the colours of a theme, and with functions where formats are named. */
export function resolveOption(option: unknown, theme: ThemeName): unknown {
  if (typeof option === 'string') {
    if (option.startsWith('color:')) return colorOf(option.slice('color:'.length), theme);
    if (option.startsWith('format:')) return formats[option.slice('format:'.length)] ?? option;
    return option;
  }
  if (Array.isArray(option)) return option.map(each => resolveOption(each, theme));
  if (typeof option !== 'object' || option === null) return option;
  return Object.fromEntries(Object.entries(option).map(([key, value]) => [key, resolveOption(value, theme)]));
}
