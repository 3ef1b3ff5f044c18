/** The colours of charts and pages. Those of one theme differ in lightness too, for readers who do not see hues. */
export type ThemeName = 'light' | 'dark';

/** Each has a contrast of at least 4.5 to the paper where it is text, and of 3 where it is a line or a mark. */
export interface Palette {
  readonly paper: string;
  /** Behind pictures and tables. */
  readonly surface: string;
  readonly ink: string;
  /** Of text that matters less. */
  readonly muted: string;
  /** Of axes and frames. */
  readonly line: string;
  readonly accent: string;
  /** What is right, and what is wrong; never told by the colour alone. */
  readonly right: string;
  readonly wrong: string;
  /** From none to most. */
  readonly heat: readonly string[];
  /** The same of what is wrong; ink can be read on all of them. */
  readonly warm: readonly string[];
  /** Of the lines and bars of a chart, one after the other. */
  readonly series: readonly string[];
}

/** After Okabe and Ito, "Color Universal Design" (2008), darkened for white paper and lightened for black. */
export const palettes: { readonly [name in ThemeName]: Palette } = {
  light: {
    paper: '#faf9f6',
    surface: '#ffffff',
    ink: '#1a1c22',
    muted: '#5a606c',
    line: '#dcdad3',
    accent: '#2447b3',
    right: '#2447b3',
    wrong: '#b84a00',
    warm: ['#f4f3ef', '#f8e3d0', '#f3c9a4', '#eaa871', '#df8a48'],
    heat: ['#f4f3ef', '#c9d4f2', '#8fa5e3', '#5574cc', '#2447b3', '#142a70'],
    series: [
      '#2447b3',
      '#c75c00',
      '#00806f',
      '#ab3a7f',
      '#8a6a00',
      '#2f86c4',
      '#5a606c',
      '#6d4bb8',
      '#a33030',
      '#4d7a1f',
    ],
  },
  dark: {
    paper: '#121419',
    surface: '#1a1d24',
    ink: '#ecebe6',
    muted: '#a4aab6',
    line: '#343945',
    accent: '#9ab4ff',
    right: '#9ab4ff',
    wrong: '#ffa066',
    warm: ['#1e222b', '#3a2b22', '#5a3a26', '#7d4a29', '#9c592c'],
    heat: ['#1e222b', '#273561', '#3a52a0', '#5877d3', '#85a2f7', '#c9d7ff'],
    series: [
      '#9ab4ff',
      '#ffa066',
      '#4fcdb4',
      '#f08fc4',
      '#e0c04d',
      '#7fcbf5',
      '#a4aab6',
      '#bda4f5',
      '#f28b82',
      '#a5d16b',
    ],
  },
};

/** The fonts of page and pictures; the first is part of this package. */
export const fontFamily = 'Figtree, system-ui, sans-serif';

/** Looks of axes, lines and texts, as echarts takes them for a theme. */
export function chartTheme(name: ThemeName): object {
  const { ink, muted, line, surface, series, accent } = palettes[name];
  const text = { color: ink, fontFamily };
  const axis = {
    axisLine: { show: true, lineStyle: { color: muted } },
    axisTick: { show: false },
    axisLabel: { color: muted, fontSize: 12 },
    nameTextStyle: { color: muted, fontSize: 12 },
    splitLine: { lineStyle: { color: line } },
    splitArea: { show: false },
  };
  return {
    color: series,
    backgroundColor: 'transparent',
    textStyle: text,
    // Labels and names of axes are within the chart.
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    legend: { textStyle: { color: ink, fontSize: 13 }, inactiveColor: muted, itemWidth: 18, itemHeight: 10 },
    tooltip: {
      backgroundColor: surface,
      borderColor: line,
      borderWidth: 1,
      textStyle: { ...text, fontSize: 13 },
      axisPointer: { lineStyle: { color: muted }, crossStyle: { color: muted } },
    },
    visualMap: { textStyle: { color: muted } },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    logAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    line: { symbolSize: 6, lineStyle: { width: 2 }, smooth: false },
    bar: { itemStyle: { borderRadius: 0 } },
    parallelAxis: axis,
    pie: { itemStyle: { borderColor: surface, borderWidth: 2 }, label: { color: ink } },
    graph: { lineStyle: { color: muted }, itemStyle: { color: accent } },
  };
}
