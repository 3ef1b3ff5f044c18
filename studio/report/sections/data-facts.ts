import { imageFacts, repeatedImages } from '../analysis/image-facts.ts';
import { formatCount, formatShort } from '../format.ts';
import { tableMarkup } from '../markup/table.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Shapes, ranges, missing values and repeated images of each set. */
export function dataFacts({ sets, data }: PreparedRun): Section | undefined {
  if (sets.length === 0) return undefined;
  const facts = sets.map(([name, { images }]) => {
    const others = name === 'train' ? undefined : data.train;
    return { name, ...imageFacts(images), known: others && repeatedImages(images, others.images) };
  });
  const trouble = facts.flatMap(({ name, missing, known = 0 }) => [
    ...(missing > 0 ? [`${formatCount(missing)} pixels of the ${name} set are no numbers.`] : []),
    ...(known > 0 ? [`${formatCount(known)} images of the ${name} set are in the training set too.`] : []),
  ]);
  const lead = trouble.length > 0 ? trouble.join(' ') : 'No pixel is missing, and no image is in two sets.';
  return {
    id: 'data',
    title: 'Shapes and missing values',
    chapter: 'Data',
    lead: sets.length === 1 && trouble.length === 0 ? 'No pixel is missing.' : lead,
    content: tableMarkup({
      columns: [
        'Set',
        'Images',
        'Shape',
        'Type',
        'Least',
        'Most',
        'Mean',
        'Std. dev.',
        'Missing pixels',
        'Blank images',
        'Repeated images',
      ],
      rows: facts.map(each => [
        each.name,
        formatCount(each.count),
        each.shape.join(' x '),
        each.dtype,
        formatShort(each.least),
        formatShort(each.most),
        formatShort(each.mean),
        formatShort(each.deviation),
        formatCount(each.missing),
        formatCount(each.blank),
        formatCount(each.repeated),
      ]),
    }),
  };
}
