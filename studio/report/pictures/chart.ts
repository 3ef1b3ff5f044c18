import { OptionError } from 'inkling';
import { type ChartOption, resolveOption } from '../chart-option.ts';
import { initChart } from '../echarts.ts';
import { html, jsonScript, type Markup } from '../markup/markup.ts';
import { type DataTable, tableMarkup } from '../markup/table.ts';
import type { ThemeName } from '../theme.ts';
import { type Drawing, Picture } from './picture.ts';

/** One way to look at a chart's data; a chart of several has a switch in pages. */
export interface ChartView {
  /** On the switch: Bars. */
  readonly name: string;
  readonly option: ChartOption;
}

/** What a chart is made of. */
export interface ChartParts {
  readonly title: string;
  /** Says in words what there is to see. */
  readonly description: string;
  /** An option of echarts, or several views of the same data, the first of which is shown first. */
  readonly option: ChartOption | readonly ChartView[];
  /** The numbers, for those who would read rather than look. */
  readonly table?: DataTable;
  /** In CSS pixels, of the chart in a page and of a picture for which no other is asked: 640 x 360 if left out. */
  readonly width?: number;
  readonly height?: number;
  /** In a page that is narrower, the chart can be scrolled: 0 if left out. */
  readonly minWidth?: number;
}

/** Charts drawn so far, so that each has an element of a name of its own. */
const drawings = { count: 0 };

/** A chart drawn by echarts. */
export class Chart extends Picture {
  readonly views: readonly ChartView[];
  readonly table: DataTable | undefined;
  readonly width: number;
  readonly height: number;
  readonly minWidth: number;

  constructor({ title, description, option, table, width = 640, height = 360, minWidth = 0 }: ChartParts) {
    super(title, description);
    this.views = isViews(option) ? option : [{ name: 'Chart', option }];
    if (this.views.length === 0) throw new OptionError(`chart "${title}": there is no view; give an option of echarts`);
    this.table = table;
    this.width = width;
    this.height = height;
    this.minWidth = minWidth;
  }

  /** The option of echarts of the first view, or of the view with a name. Throws OptionError if there is none. */
  option(name?: string): ChartOption {
    const view = name === undefined ? this.views[0] : this.views.find(each => each.name === name);
    if (view !== undefined) return view.option;
    const names = this.views.map(each => each.name).join(', ');
    throw new OptionError(`chart "${this.title}": there is no view "${name}"; there are ${names}`);
  }

  /** The chart with another view shown first, such as the pie of a distribution. Throws OptionError if there is none. */
  view(name: string): Chart {
    const { title, description, width, height, minWidth } = this;
    const first = { name, option: this.option(name) };
    const views = [first, ...this.views.filter(each => each.name !== name)];
    return new Chart({
      title,
      description,
      option: views,
      width,
      height,
      minWidth,
      ...(this.table === undefined ? {} : { table: this.table }),
    });
  }

  markup(): Markup {
    const { title, description, views, height, minWidth, table } = this;
    const canvas = html`<div class="canvas" role="img" aria-label="${`${title}: ${description}`}" style="${`height:${height}px;min-width:${minWidth}px`}"></div>`;
    return html`<figure class="chart" data-chart>
<figcaption><span class="figure-title">${title}</span></figcaption>
${minWidth > 0 ? html`<div class="scrolled" tabindex="0" role="group" aria-label="${title}">${canvas}</div>` : canvas}
${jsonScript({ views })}
${table === undefined ? html`<p class="note">${description}</p>` : html`<details><summary>The numbers</summary>${tableMarkup(table)}</details>`}
</figure>`;
  }

  protected draw(theme: ThemeName, width = this.width, height = this.height): Drawing {
    const chart = initChart(theme, { width, height });
    try {
      chart.setOption({ animation: false, ...(resolveOption(this.option(), theme) as ChartOption) });
      return { width, height, svg: ownNames(chart.renderToSVGString()) };
    } finally {
      chart.dispose();
    }
  }
}

function isViews(option: ChartOption | readonly ChartView[]): option is readonly ChartView[] {
  return Array.isArray(option);
}

/** Names of gradients and clip paths count from 0 in every drawing of echarts; two in one page must not share them. */
function ownNames(svg: string): string {
  const prefix = `c${drawings.count++}-`;
  return svg.replace(/\b(id="|url\(#|href="#)(zr)/g, `$1${prefix}$2`);
}
