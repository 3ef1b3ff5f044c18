/** The parts of echarts that charts are made of, for pages and for pictures alike: all else is left out of the bundle. */
import { BarChart, GraphChart, HeatmapChart, LineChart, ParallelChart, PieChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { chartTheme, type ThemeName } from './theme.ts';

const parts = [
  BarChart,
  GraphChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  PieChart,
  ScatterChart,
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  LabelLayout,
  SVGRenderer,
];
let isReady = false;

/** How a chart is drawn: into an element of a page, or as text of so many pixels. */
export interface DrawOptions {
  readonly element?: HTMLElement;
  readonly width?: number;
  readonly height?: number;
}

/** A chart of echarts in the colours of a theme, with nothing in it yet. */
export function initChart(theme: ThemeName, { element, ...size }: DrawOptions): echarts.ECharts {
  // Not when the module is loaded: what a module does by itself is left out of bundles.
  if (!isReady) {
    echarts.use(parts);
    for (const name of ['light', 'dark'] as const) echarts.registerTheme(name, chartTheme(name));
    isReady = true;
  }
  return echarts.init(element ?? null, theme, { renderer: 'svg', ssr: element === undefined, ...size });
}
