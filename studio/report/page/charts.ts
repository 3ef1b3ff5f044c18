import { type ChartOption, resolveOption } from '../chart-option.ts';
import { initChart } from '../echarts.ts';
import { makeSwitch } from './switch.ts';
import { currentTheme, onThemeChange } from './theme-switch.ts';

interface View {
  readonly name: string;
  readonly option: ChartOption;
}

const prefersStill = matchMedia('(prefers-reduced-motion: reduce)');

/** Draws every chart once it comes near to what is seen, and anew when its size or the colours change. */
export function startCharts(): void {
  const near = new IntersectionObserver(
    entries => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        startChart(target);
      }
    },
    { rootMargin: '600px' },
  );
  for (const figure of document.querySelectorAll('[data-chart]')) near.observe(figure);
  // What is printed is not scrolled to before.
  addEventListener('beforeprint', () => {
    for (const figure of document.querySelectorAll('[data-chart]')) startChart(figure);
  });
}

const started = new WeakSet<Element>();

function startChart(figure: Element): void {
  const canvas = figure.querySelector<HTMLElement>('.canvas');
  const data = figure.querySelector('script');
  if (canvas === null || data === null || started.has(figure)) return;
  started.add(figure);
  const { views } = JSON.parse(data.textContent) as { readonly views: readonly View[] };
  let shown = views[0]!;
  let chart: ReturnType<typeof initChart> | undefined;
  const draw = () => {
    const theme = currentTheme();
    chart?.dispose();
    chart = initChart(theme, { element: canvas });
    const option = resolveOption(shown.option, theme) as ChartOption;
    chart.setOption({ animation: !prefersStill.matches, animationDuration: 400, ...option });
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => chart?.resize()).observe(canvas);
  if (views.length < 2) return;
  const names = views.map(({ name }) => name);
  const buttons = makeSwitch('View', names, name => {
    shown = views.find(view => view.name === name) ?? shown;
    draw();
  });
  figure.querySelector('figcaption')?.append(buttons);
}
