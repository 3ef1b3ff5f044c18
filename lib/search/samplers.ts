/** What says which options to try next. */
export { type GridOptions, grid, random } from './grid-and-random.ts';
export { type HyperbandOptions, hyperband } from './hyperband.ts';
export { type TpeOptions, tpe } from './tpe.ts';
