import type { Row } from './suite.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (row: Row) => string;
}

const number = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';

const columns: readonly Column[] = [
  { title: 'ms', width: 10, text: row => number(row.milliseconds, 3) },
  { title: '±ms', width: 8, text: row => number(row.deviation, 3) },
  { title: 'GFLOP/s', width: 8, text: row => number(row.gflops, 2) },
  { title: 'GB/s', width: 7, text: row => number(row.gigabytes, 2) },
  { title: 'images/s', width: 9, text: row => number(row.imagesPerSecond, 0) },
  { title: 'ratio', width: 8, text: row => number(row.ratio, 2) },
  { title: 'MB', width: 9, text: row => number(row.megabytes, 3) },
  { title: '% right', width: 8, text: row => number(row.accuracy, 2) },
  { title: 'types', width: 8, text: row => number(row.instantiations, 0) },
  { title: 'samples', width: 8, text: row => number(row.samples, 0) },
];
const nameWidth = 84;
const backendWidth = 16;

/** Fixed widths, so that each row can be printed as soon as it is measured. */
export const tableHead = (suite: string): string =>
  `${suite.padEnd(nameWidth)} ${'backend'.padEnd(backendWidth)} ${'batch'.padStart(5)}${columns.map(c => c.title.padStart(c.width)).join('')}`;

export const tableRow = (row: Row): string =>
  `${row.name.padEnd(nameWidth)} ${row.backend.padEnd(backendWidth)} ${number(row.batchSize, 0).padStart(5)}${columns.map(c => c.text(row).padStart(c.width)).join('')}`;
