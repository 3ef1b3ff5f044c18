/** What shows the inside of a network: numbers, and pictures of them. */
export { type UnitActivity, unitActivity } from './analysis/dead-units.ts';
export { convolutionFilters, type LayerFilters } from './analysis/filters.ts';
export { type Histogram, histogramOf } from './analysis/histogram.ts';
export { type ParameterRow, parameterRows } from './analysis/parameter-rows.ts';
export { type Projection, principalComponents } from './analysis/principal-components.ts';
export { type SaliencyMaps, type SaliencyOptions, saliencyMaps } from './analysis/saliency.ts';
export { type ActivationImageOptions, activationImages } from './charts/activation-images.ts';
export { type EmbeddingOptions, embeddingPlot } from './charts/embedding-plot.ts';
export { type FilterImageOptions, filterImages } from './charts/filter-images.ts';
export { type HistogramChartOptions, histogramChart } from './charts/histogram-chart.ts';
export { networkDiagram } from './charts/network-diagram.ts';
export { type CallKind, groupedProfile, type ProfileGroup, profileChart } from './charts/profile-chart.ts';
export { type SaliencyImageOptions, saliencyImages } from './charts/saliency-images.ts';
export { type EmbeddingMark, EmbeddingPlot } from './pictures/embedding-plot.ts';
export { NetworkDiagram } from './pictures/network-diagram.ts';
