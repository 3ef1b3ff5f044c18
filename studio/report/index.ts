/** Charts and reports of trainings with Inkling: `import { writeReport } from 'inkling-studio'`. */
export { type Calibration, type CalibrationBin, calibration } from './analysis/calibration.ts';
export { type ClassScore, type ClassScores, classScores, confusionCounts } from './analysis/confusion.ts';
export type { ChartOption } from './chart-option.ts';
export { type ConfusionMatrixOptions, confusionMatrix } from './charts/confusion-matrix.ts';
export { type DistributionOptions, labelDistribution } from './charts/label-distribution.ts';
export { learningCurves } from './charts/learning-curves.ts';
export { learningRateCurve } from './charts/learning-rate.ts';
export { reliabilityDiagram } from './charts/reliability-diagram.ts';
export { searchTrials } from './charts/search-trials.ts';
export * from './insides.ts';
export { type Content, html, Markup } from './markup/markup.ts';
export type { DataTable } from './markup/table.ts';
export { Chart, type ChartParts, type ChartView } from './pictures/chart.ts';
export { type GridOptions, meanImageGrid, sampleGrid } from './pictures/data-grids.ts';
export { type DrawnDigitOptions, DrawnDigits } from './pictures/drawn-digits.ts';
export { type GridImage, type GridParts, ImageGrid } from './pictures/image-grid.ts';
export { type NotebookView, Picture, type PngOptions, type SvgOptions } from './pictures/picture.ts';
export type { PixelImage } from './pictures/pixels.ts';
export { type PredictionGridOptions, predictionGrid } from './pictures/prediction-grid.ts';
export { renderReport, writeReport } from './render-report.ts';
export type {
  LearningRateAt,
  ReportedData,
  ReportedDrawing,
  ReportedHistory,
  ReportedImages,
  ReportedRun,
  ReportedSearch,
  ReportedTrial,
  RunFacts,
} from './reported-run.ts';
export { runEnvironment } from './run-environment.ts';
export { RunRecorder } from './run-recorder.ts';
export type { Chapter, Section, SectionMaker } from './section.ts';
export type { ThemeName } from './theme.ts';
