/** What shows the inside of a network. */
export { type UnitActivity, unitActivity } from './analysis/dead-units.ts';
export { convolutionFilters, type LayerFilters } from './analysis/filters.ts';
export { type Histogram, histogramOf } from './analysis/histogram.ts';
export { type Projection, principalComponents } from './analysis/principal-components.ts';
export { type SaliencyMaps, type SaliencyOptions, saliencyMaps } from './analysis/saliency.ts';
