/** Inkling's public API; runs in Node and in browsers. What needs a file system is in `inkling/node`. */
export type { FillMode, Interpolation, Padding, PaddingAmounts, Pair } from '../kernels/geometry.ts';
export type { BackendInfo, BackendView } from './backend/backend.ts';
export type { BackendName } from './backend/choose.ts';
export { type BackendSettings, configure } from './backend/settings.ts';
export { BackupAndRestore, type BackupAndRestoreOptions, type BackupStore } from './callbacks/backup-and-restore.ts';
export type {
  Callback,
  CallbackState,
  Logs,
  NonFinite,
  Results,
  TrainingModel,
  TrainingRun,
  TrainingState,
} from './callbacks/callback.ts';
export { CSVLogger, type CSVLoggerOptions } from './callbacks/csv-logger.ts';
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.ts';
export { History } from './callbacks/history.ts';
export { JsonLinesLogger, type JsonLinesLoggerOptions } from './callbacks/json-lines-logger.ts';
export { LambdaCallback } from './callbacks/lambda-callback.ts';
export { LearningRateScheduler, type LearningRateSchedulerOptions } from './callbacks/learning-rate-scheduler.ts';
export { type EncodeModel, ModelCheckpoint, type ModelCheckpointOptions } from './callbacks/model-checkpoint.ts';
export type { MonitorOptions } from './callbacks/monitor.ts';
export type { CallbackVerbosity } from './callbacks/options.ts';
export { ProgressBar, type ProgressOutput } from './callbacks/progress-bar.ts';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/reduce-lr-on-plateau.ts';
export type { SaveFrequency } from './callbacks/save-frequency.ts';
export { SwapEMAWeights, type SwapEMAWeightsOptions } from './callbacks/swap-ema-weights.ts';
export { type AppendToFile, TensorBoard, type TensorBoardOptions } from './callbacks/tensor-board.ts';
export { TerminateOnNaN } from './callbacks/terminate-on-nan.ts';
export type { TextOutput } from './callbacks/text-output.ts';
export type { Constraint, ConstraintConfig, ConstraintLike, ConstraintName } from './constraints/constraints.ts';
export * as constraints from './constraints/constraints.ts';
export type { Batch, BatchSource, BatchSourceLike, EpochStart, InputBatch } from './data/batches.ts';
export { Dataset, type StreamOptions } from './data/dataset/dataset.ts';
export { type Fold, kFold } from './data/dataset/k-fold.ts';
export type { GivenElement, MapContext } from './data/dataset/mapping.ts';
export type { BatchingOptions, ShuffleOptions } from './data/dataset/options.ts';
export type { PartOptions } from './data/dataset/parts.ts';
export type { ElementSource } from './data/dataset/sources.ts';
export type { ClassNumbers, ElementKind, ElementOf, NoTargets, Numbers, Targets } from './data/dataset/types.ts';
export type { DigitImage, DigitPixels } from './data/digits/given-image.ts';
export {
  type PreprocessDigitOptions,
  type PreprocessedDigit,
  type PreprocessedDigits,
  preprocessDigit,
  preprocessDigits,
} from './data/digits/preprocess-digit.ts';
export type { Box } from './data/digits/resize.ts';
export type { ClassWeights } from './data/examples.ts';
export { type CutMixOptions, cutMix, type MixingOptions, type MixUpOptions, mixUp } from './data/mixing.ts';
export {
  BackendError,
  DataError,
  FileError,
  FormatError,
  InklingError,
  OptionError,
  ShapeError,
  StateError,
} from './errors.ts';
export { type ModelFromJsonOptions, modelFromJson } from './formats/architecture.ts';
export { type DecodeModelOptions, decodeModel, encodeModel, type SavableModel } from './formats/model-file.ts';
export { decodeSafetensors, encodeSafetensors } from './formats/safetensors.ts';
export { decodeState, encodeState } from './formats/state-file.ts';
export { type CompiledFunction, type CompileFunctionOptions, compileFunction } from './functions/compile-function.ts';
export { type GradOptions, grad, type ValueFunction } from './functions/grad.ts';
export type { Initializer, InitializerConfig, InitializerLike, InitializerName } from './initializers/initializers.ts';
export * as initializers from './initializers/initializers.ts';
export type { Json } from './json.ts';
export * from './layers/activation-layers.ts';
export type {
  ActivationConfig,
  ActivationFunction,
  ActivationLike,
  ActivationName,
} from './layers/activation-option.ts';
export type { Activation } from './layers/activations.ts';
export * as activations from './layers/activations.ts';
export { type ActivityRegularizationOptions, activityRegularization } from './layers/activity-regularization.ts';
export {
  type AdaptivePooling2D,
  type AdaptivePooling2dOptions,
  adaptiveAveragePooling2d,
  adaptiveMaxPooling2d,
} from './layers/adaptive-pooling2d.ts';
export { alphaDropout } from './layers/alpha-dropout.ts';
export * from './layers/augmentation/index.ts';
export { type BatchNormalizationOptions, batchNormalization } from './layers/batch-normalization.ts';
export type { RenormClipping } from './layers/batch-renormalization.ts';
export { type Branches, type BranchesOptions, branches } from './layers/branches.ts';
export { type CategoryEncoding, type CategoryEncodingOptions, categoryEncoding } from './layers/category-encoding.ts';
export { type Conv2D, type Conv2dOptions, type Conv2dSettings, conv2d } from './layers/conv2d.ts';
export {
  type Conv2DTranspose,
  type Conv2dTransposeOptions,
  type Conv2dTransposeSettings,
  conv2dTranspose,
} from './layers/conv2d-transpose.ts';
export type { ConvolutionSettings } from './layers/convolution.ts';
export { type Cropping2D, type Cropping2dOptions, cropping2d } from './layers/cropping2d.ts';
export type { AdaptData } from './layers/data-moments.ts';
export { type Dense, type DenseOptions, type DenseSettings, dense } from './layers/dense.ts';
export {
  type DepthwiseConv2D,
  type DepthwiseConv2dOptions,
  type DepthwiseConv2dSettings,
  depthwiseConv2d,
} from './layers/depthwise-conv2d.ts';
export { type Discretization, type DiscretizationOptions, discretization } from './layers/discretization.ts';
export {
  type DropoutOptions,
  dropout,
  type SpatialDropout2D,
  type SpatialDropout2dOptions,
  spatialDropout2d,
} from './layers/dropout.ts';
export { type EinsumDense, type EinsumDenseOptions, einsumDense } from './layers/einsum-dense.ts';
export { type Flatten, flatten } from './layers/flatten.ts';
export type { Part } from './layers/fold.ts';
export {
  type GaussianDropoutOptions,
  type GaussianNoiseOptions,
  gaussianDropout,
  gaussianNoise,
} from './layers/gaussian-noise.ts';
export { type Glu, type GluOptions, glu } from './layers/glu.ts';
export {
  type ApplyInGraph,
  type GraphLayer,
  type GraphNodes,
  type GraphOptions,
  type GraphValue,
  graph,
  graphOfNodes,
} from './layers/graph.ts';
export type { GraphNodeSpec } from './layers/graph-nodes.ts';
export { type GroupNormalizationOptions, groupNormalization } from './layers/group-normalization.ts';
export { identity } from './layers/identity.ts';
export { type IntegerLookup, type IntegerLookupOptions, integerLookup } from './layers/integer-lookup.ts';
export type { Join, JoinName } from './layers/join.ts';
export type {
  AnyLayer,
  Forward,
  Layer,
  LayerOptions,
  LayerOptionValues,
  MergingLayer,
  OutputOf,
  ParameterSpec,
  ParameterValues,
  SameShape,
} from './layers/layer.ts';
export { type LayerNormalizationOptions, layerNormalization } from './layers/layer-normalization.ts';
export {
  type LocalResponseNormalizationOptions,
  localResponseNormalization,
} from './layers/local-response-normalization.ts';
export * from './layers/merging.ts';
export type { DeviationLayer, NoiseShape, RateLayer, SeedOptions } from './layers/noise-options.ts';
export {
  type Normalization,
  type NormalizationOptions,
  normalization,
  type Statistic,
} from './layers/normalization.ts';
export type { LayerOps, Place } from './layers/outcome.ts';
export { type PaddedShortcut, type PaddedShortcutOptions, paddedShortcut } from './layers/padded-shortcut.ts';
export { type Permute, type PermuteOptions, permute } from './layers/permute.ts';
export * from './layers/pooling2d.ts';
export { type PreluOptions, prelu } from './layers/prelu.ts';
export type { CustomLayers, LayerFactory } from './layers/registry.ts';
export { type RepeatVector, type RepeatVectorOptions, repeatVector } from './layers/repeat-vector.ts';
export { type RescalingOptions, rescaling } from './layers/rescaling.ts';
export { type Reshape, type ReshapeOptions, reshape } from './layers/reshape.ts';
export { type Residual, type ResidualOptions, residual } from './layers/residual.ts';
export { type Resizing, type ResizingOptions, type ResizingSettings, resizing } from './layers/resizing.ts';
export { type RmsNormalizationOptions, rmsNormalization } from './layers/rms-normalization.ts';
export {
  type SeparableConv2D,
  type SeparableConv2dOptions,
  type SeparableConv2dSettings,
  separableConv2d,
} from './layers/separable-conv2d.ts';
export {
  type SpectralNormalization,
  type SpectralNormalizationOptions,
  spectralNormalization,
} from './layers/spectral-normalization.ts';
export { type UnitNormalizationOptions, unitNormalization } from './layers/unit-normalization.ts';
export { type UpSampling2D, type UpSampling2dOptions, upSampling2d } from './layers/up-sampling2d.ts';
export { type ZeroPadding2D, type ZeroPadding2dOptions, zeroPadding2d } from './layers/zero-padding2d.ts';
export { type BinaryCrossentropyOptions, binaryCrossentropy } from './losses/binary-crossentropy.ts';
export { type BinaryFocalCrossentropyOptions, binaryFocalCrossentropy } from './losses/binary-focal-crossentropy.ts';
export { type CategoricalCrossentropyOptions, categoricalCrossentropy } from './losses/categorical-crossentropy.ts';
export {
  type CategoricalFocalCrossentropyOptions,
  categoricalFocalCrossentropy,
} from './losses/categorical-focal-crossentropy.ts';
export {
  type CategoricalGeneralizedCrossEntropyOptions,
  categoricalGeneralizedCrossEntropy,
} from './losses/categorical-generalized-cross-entropy.ts';
export { type CosineSimilarityOptions, cosineSimilarity } from './losses/cosine-similarity.ts';
export { categoricalHinge, hinge, squaredHinge } from './losses/hinge.ts';
export { type HuberOptions, huber } from './losses/huber.ts';
export { klDivergence } from './losses/kl-divergence.ts';
export { logCosh } from './losses/log-cosh.ts';
export type { Loss, LossOptions, Reduction, TargetKind } from './losses/loss.ts';
export { meanAbsoluteError } from './losses/mean-absolute-error.ts';
export { meanAbsolutePercentageError } from './losses/mean-absolute-percentage-error.ts';
export { meanSquaredError } from './losses/mean-squared-error.ts';
export { meanSquaredLogarithmicError } from './losses/mean-squared-logarithmic-error.ts';
export { poisson } from './losses/poisson.ts';
export { type LossConfig, type LossName, losses, lossFromConfig } from './losses/registry.ts';
export {
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from './losses/sparse-categorical-crossentropy.ts';
export { type DiceOptions, dice, type TverskyOptions, tversky } from './losses/tversky.ts';
export type { OperatingPointOptions } from './metrics/at-operating-point.ts';
export type { AucOptions } from './metrics/auc.ts';
export type { ConfusionCountOptions } from './metrics/confusion-counts.ts';
export type { CohenKappaOptions, ConfusionMatrixOptions } from './metrics/confusion-matrix.ts';
export type { F1ScoreOptions, FBetaScoreOptions } from './metrics/f-score.ts';
export type {
  BinaryIoUOptions,
  IoUOptions,
  MeanIoUOptions,
  OneHotIoUOptions,
  OneHotMeanIoUOptions,
} from './metrics/iou.ts';
export {
  type Metric,
  type MetricOptions,
  type MetricResult,
  meanMetric,
  type Sums,
  sumMetric,
} from './metrics/metric.ts';
export type { PrecisionOptions } from './metrics/precision-recall.ts';
export type { R2ScoreOptions } from './metrics/r2-score.ts';
export { type MetricConfig, type MetricName, metricFromConfig, metrics } from './metrics/registry.ts';
export type { AxisMetricOptions } from './metrics/regression.ts';
export type { TopKCategoricalAccuracyOptions } from './metrics/top-k-categorical-accuracy.ts';
export { type FindLearningRateOptions, findLearningRate, type LearningRateCurve } from './model/find-learning-rate.ts';
export type { LayerPattern } from './model/freezing.ts';
export type { GradientOf, GradientOptions, Named } from './model/inspect.ts';
export type { LayerNode, PlacedParameter } from './model/layer-node.ts';
export type {
  BatchOptions,
  BatchWeightOptions,
  CloneOptions,
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  SequentialOptions,
  SourcePredictOptions,
  TensorLike,
  TrainOnBatchOptions,
} from './model/options.ts';
export type { ParameterGradientOptions } from './model/parameter-gradients.ts';
export type { ProfileRow } from './model/profile.ts';
export { Sequential, sequential } from './model/sequential.ts';
export type { SummaryOptions } from './model/summary.ts';
export type { TopologyNode } from './model/topology.ts';
export { type AlexnetOptions, alexnet } from './models/alexnet.ts';
export * from './models/digit-cnns.ts';
export { type Lenet5Options, lenet5 } from './models/lenet5.ts';
export { type MobilenetV2Options, mobilenetV2 } from './models/mobilenet-v2.ts';
export { type NormalizedCnnOptions, normalizedCnn } from './models/normalized-cnn.ts';
export { type ResnetOptions, resnet } from './models/resnet.ts';
export { type VggDepth, type VggOptions, vgg } from './models/vgg.ts';
export { type Adadelta, type AdadeltaOptions, adadelta } from './optimizers/adadelta.ts';
export { type Adafactor, type AdafactorOptions, adafactor } from './optimizers/adafactor.ts';
export { type Adagrad, type AdagradOptions, adagrad } from './optimizers/adagrad.ts';
export { type Adam, type AdamOptions, adam, adamw } from './optimizers/adam.ts';
export { type Adamax, type AdamaxOptions, adamax } from './optimizers/adamax.ts';
export { type Ftrl, type FtrlOptions, ftrl } from './optimizers/ftrl.ts';
export type { GradientStageOptions } from './optimizers/gradient-options.ts';
export type { Hyperparameter } from './optimizers/hyperparameters.ts';
export { type Lamb, type LambOptions, lamb } from './optimizers/lamb.ts';
export { type Lion, type LionOptions, lion } from './optimizers/lion.ts';
export type { Adjustable, OptimizerOptions } from './optimizers/make-optimizer.ts';
export { type MultiOptimizer, type MultiOptimizerOptions, multiOptimizer } from './optimizers/multi-optimizer.ts';
export { type Muon, type MuonOptions, muon } from './optimizers/muon.ts';
export { type Nadam, type NadamOptions, nadam } from './optimizers/nadam.ts';
export type { OptimizedParameter, Optimizer, Slots, StepAsked, UpdateOperands } from './optimizers/optimizer.ts';
export { type OptimizerConfig, optimizerFromConfig } from './optimizers/optimizer-from-config.ts';
export type { OptimizerName } from './optimizers/registry.ts';
export { type Rmsprop, type RmspropOptions, rmsprop } from './optimizers/rmsprop.ts';
export {
  type ScheduleFreeAdamw,
  type ScheduleFreeAdamwOptions,
  scheduleFreeAdamw,
} from './optimizers/schedule-free-adamw.ts';
export { type Sgd, type SgdOptions, sgd } from './optimizers/sgd.ts';
export type { PathPattern } from './optimizers/weight-decay.ts';
export type { Value } from './plan/graph.ts';
export { formatPlan, type Plan } from './plan/plan.ts';
export type { Ops } from './plan/vocabulary.ts';
export type { Regularizer, RegularizerConfig, RegularizerLike, RegularizerName } from './regularizers/regularizers.ts';
export * as regularizers from './regularizers/regularizers.ts';
export { type CosineDecayOptions, cosineDecay } from './schedules/cosine-decay.ts';
export { type CosineDecayRestartsOptions, cosineDecayRestarts } from './schedules/cosine-decay-restarts.ts';
export {
  type ExponentialDecayOptions,
  exponentialDecay,
  type InverseTimeDecayOptions,
  inverseTimeDecay,
} from './schedules/exponential-decay.ts';
export { type LinearWarmupOptions, linearWarmup } from './schedules/linear-warmup.ts';
export { type OneCycle, type OneCycleOptions, oneCycle } from './schedules/one-cycle.ts';
export { type PiecewiseConstantDecayOptions, piecewiseConstantDecay } from './schedules/piecewise-constant-decay.ts';
export { type PolynomialDecayOptions, polynomialDecay } from './schedules/polynomial-decay.ts';
export { scheduleFromConfig } from './schedules/registry.ts';
export type { Schedule, ScheduleConfig, ScheduleLike, SchedulePart } from './schedules/schedule.ts';
export { type SequencePart, sequence } from './schedules/sequence.ts';
export { type StepDecayOptions, stepDecay } from './schedules/step-decay.ts';
export { hyperbandBrackets, type Rung } from './search/hyperband.ts';
export type { Pruner } from './search/pruners.ts';
export * as pruners from './search/pruners.ts';
export type {
  Choice,
  FloatRange,
  IntRange,
  NumberRangeOptions,
  OptionsOf,
  OptionValue,
  Range,
  Space,
} from './search/ranges.ts';
export * as ranges from './search/ranges.ts';
export { localRunner, type Objective, type TrialRequest, type TrialRunner } from './search/runner.ts';
export type { Sampler, Searched } from './search/sampler.ts';
export * as samplers from './search/samplers.ts';
export { Search, type SearchState } from './search/search.ts';
export type { Direction, Suggestion, Trial, TrialStatus } from './search/trial.ts';
export { TrialReport } from './search/trial-report.ts';
export { type TuneOptions, tune } from './search/tune.ts';
export type { OutputMode } from './shape/category-rules.ts';
export type { Sides } from './shape/convolution-rules.ts';
export type { EinsumAxes } from './shape/einsum-rules.ts';
export type { Shape } from './shape/shape.ts';
export * from './tensor/index.ts';
