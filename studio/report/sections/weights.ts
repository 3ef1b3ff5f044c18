import { oneHot, type Sequential, type Tensor, tensor } from 'inkling';
import { imagesAt, shownSet, spread } from '../analysis/chosen-images.ts';
import { type UnitActivity, unitActivity } from '../analysis/dead-units.ts';
import { type Histogram, histogramOf } from '../analysis/histogram.ts';
import { type ParameterRow, parameterRows } from '../analysis/parameter-rows.ts';
import { histogramText } from '../charts/histogram-chart.ts';
import { formatCount, formatPercent, formatShort } from '../format.ts';
import { type Content, html } from '../markup/markup.ts';
import { sparkMarkup } from '../markup/spark.ts';
import { tableMarkup } from '../markup/table.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Images over which gradients and activity are taken. */
const mostImages = 256;

/** How weights and gradients are distributed, and which units have died. */
export async function weights(run: PreparedRun): Promise<Section | undefined> {
  const { model } = run;
  if (model === undefined || model.layers.length === 0 || model.countParams() === 0) return undefined;
  const shown = shownSet(run);
  const chosen = shown === undefined ? [] : spread(shown.set.labels.size, mostImages);
  const images = shown === undefined ? undefined : imagesAt(model, shown.set.images, chosen);
  const labels = chosen.map(i => shown!.set.labels.data[i]!);
  const gradients = images === undefined ? undefined : await gradientsOf(model, images, labels);
  const rows = await parameterRows(model, gradients);
  const activity = images === undefined ? [] : await unitActivity(model, images);
  const over = gradients === undefined ? '' : ` The gradients are those of the loss over ${chosen.length} images.`;
  return {
    id: 'weights',
    title: 'Weights, gradients and units',
    chapter: 'Network',
    lead: `Weights that stay where they began, and gradients of 0, tell of layers that do not learn.${over}`,
    content: [parameterTables(rows), activity.length > 0 && activityTable(activity, chosen.length)],
  };
}

/** Of the loss that the model is compiled with; undefined if it is not, or if it does not take classes. */
async function gradientsOf(model: Sequential, images: Tensor, labels: readonly number[]) {
  const loss = model.compiled?.loss;
  const [classes = 0] = model.outputShape;
  if (loss === undefined || model.outputShape.length !== 1 || labels.some(label => label >= classes)) return undefined;
  const numbers = tensor([...labels], [labels.length]);
  return model.parameterGradients(images, {
    loss,
    targets: loss.targets === 'classes' ? numbers : oneHot(numbers, classes),
  });
}

/** Kernels tell the most; biases and what normalization has stand folded behind them. */
function parameterTables(rows: readonly ParameterRow[]): Content {
  const isKernel = ({ shape }: ParameterRow) => shape.length > 1;
  const [kernels, others] = [rows.filter(isKernel), rows.filter(row => !isKernel(row))];
  if (kernels.length === 0 || others.length === 0) return parameterTable('Parameters', rows);
  const summary = `${others.length} biases, scales and statistics`;
  return [
    parameterTable('Kernels', kernels),
    html`<details><summary>${summary}</summary>${parameterTable('Others', others)}</details>`,
  ];
}

function parameterTable(caption: string, rows: readonly ParameterRow[]): Content {
  const hasGradients = rows.some(({ gradients }) => gradients !== undefined);
  return tableMarkup({
    caption,
    columns: [
      'Parameter',
      'Shape',
      'Weights',
      'Mean ± deviation',
      ...(hasGradients ? ['Gradients', 'Mean ± deviation'] : []),
    ],
    rows: rows.map(({ path, shape, trainable, weights: own, gradients }) => [
      trainable ? path : html`${path}<br><span class="note">does not train</span>`,
      shape.join('×'),
      ...distribution(own, `weights of ${path}`),
      ...(hasGradients ? (gradients === undefined ? ['', ''] : distribution(gradients, `gradients of ${path}`)) : []),
    ]),
  });
}

function distribution(histogram: Histogram, what: string): readonly Content[] {
  const { mean, deviation, zeros, nan, infinite } = histogram;
  const short = (value: number) => formatShort(Number(value.toPrecision(3)));
  return [
    sparkMarkup(histogram, `${what}: ${histogramText(histogram)}`),
    html`<span class="one-line">${short(mean)} ± ${short(deviation)}</span>${zeros > 0 && html`<br><span class="note">${formatCount(zeros)} zeros</span>`}${
      nan + infinite > 0 &&
      html`<br><span class="dead">${formatCount(nan)} NaN, ${formatCount(infinite)} infinite</span>`
    }`,
  ];
}

/** Numbers of units that are listed by themselves. */
const mostListed = 8;

function activityTable(activity: readonly UnitActivity[], images: number): Content {
  return tableMarkup({
    caption: `Units behind relu, over ${formatCount(images)} images`,
    columns: ['Layer', 'Units', 'Never above 0', 'Which', 'Share above 0, from 0 to 1', 'Mean'],
    rows: activity.map(({ layer, firing, dead }) => {
      const histogram = histogramOf(firing, 20, [0, 1]);
      const listed = dead.slice(0, mostListed).join(', ') + (dead.length > mostListed ? ', ...' : '');
      const mean = firing.reduce((sum, share) => sum + share, 0) / firing.length;
      return [
        layer,
        formatCount(firing.length),
        dead.length === 0 ? '0' : html`<span class="dead">${formatCount(dead.length)}</span>`,
        html`<span class="one-line">${listed}</span>`,
        sparkMarkup(histogram, `how often the units of ${layer} are above 0: ${histogramText(histogram)}`),
        formatPercent(mean, 1),
      ];
    }),
  });
}
