import { meanImageGrid, sampleGrid } from '../pictures/data-grids.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Images of each class, and the mean of each. */
export function samples({ sets, classNames }: PreparedRun): Section | undefined {
  const [first] = sets;
  if (first === undefined || first[1].labels.size === 0) return undefined;
  const [name, { images, labels }] = first;
  return {
    id: 'samples',
    title: 'Examples',
    chapter: 'Data',
    content: [
      sampleGrid(images, labels.data, { classNames, title: `Examples of each class: ${name}` }),
      meanImageGrid(images, labels.data, { classNames, title: `Mean image of each class: ${name}` }),
    ],
  };
}
