/** Charts and reports of trainings with Inkling: `import { writeReport } from 'inkling-studio'`. */
export type { ChartOption } from './chart-option.ts';
export { type ConfusionMatrixOptions, confusionMatrix } from './charts/confusion-matrix.ts';
export { type DistributionOptions, labelDistribution } from './charts/label-distribution.ts';
export { learningCurves } from './charts/learning-curves.ts';
export * from './insides.ts';
export { type Content, html, Markup } from './markup/markup.ts';
export type { DataTable } from './markup/table.ts';
export { Chart, type ChartParts, type ChartView } from './pictures/chart.ts';
export { type GridImage, type GridParts, ImageGrid } from './pictures/image-grid.ts';
export { type NotebookView, Picture, type PngOptions, type SvgOptions } from './pictures/picture.ts';
export type { PixelImage } from './pictures/pixels.ts';
export { renderReport, writeReport } from './render-report.ts';
export type {
  ReportedData,
  ReportedDrawing,
  ReportedHistory,
  ReportedImages,
  ReportedRun,
  ReportedSearch,
  ReportedTrial,
  RunFacts,
} from './reported-run.ts';
export type { Chapter, Section, SectionMaker } from './section.ts';
export type { ThemeName } from './theme.ts';
