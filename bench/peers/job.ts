import type { Json } from 'inkling';
import type { ModelName } from '../digit-models.ts';

/** What every measuring program is given as its one argument, as JSON: one model, to be trained and to predict. */
export interface Job {
  readonly model: ModelName;
  /** The model's layers: each library builds its own from the same description. */
  readonly layers: readonly LayerDescription[];
  readonly train: {
    readonly batchSizes: readonly number[];
    /** Images of one pass. A first pass warms up; the median of the others counts. */
    readonly images: number;
    readonly passes: number;
  };
  readonly infer: {
    readonly batchSizes: readonly number[];
    readonly warmUpRuns: number;
    /** Predictions are repeated for so long and at least so often; the median counts. */
    readonly milliseconds: number;
    readonly leastRuns: number;
  };
  readonly threads: number;
  /** The folder with the IDX files of MNIST. */
  readonly data: string;
  /** The folder with the models as ONNX files. */
  readonly onnx: string;
}

export interface LayerDescription {
  /** Keras's name of the layer. */
  readonly className: string;
  /** Keras's options, in camelCase. */
  readonly config: { readonly [option: string]: Json };
  /** Without the batch axis; channels last. */
  readonly inputShape: readonly number[];
  /** The layers that it applies: of a residual block those past which the shortcut goes, then the shortcut. */
  readonly children: readonly LayerDescription[];
}
