import { DataError, OptionError, type Sequential, ShapeError, type Tensor } from 'inkling';
import { imageShape } from './pictures/pixels.ts';
import type { ReportedData, ReportedHistory, ReportedImages, ReportedRun } from './reported-run.ts';

/** What a model says of a set of images. */
export interface Predictions {
  readonly set: ReportedImages;
  /** `test` or `validation`. */
  readonly setName: string;
  /** Number of images. */
  readonly count: number;
  /** Number of classes. */
  readonly classes: number;
  /** Of all images: [count, classes]. */
  readonly outputs: Tensor;
  /** The same, row by row. */
  readonly probabilities: ArrayLike<number>;
  /** The classes that got most, one for each image. */
  readonly predicted: ArrayLike<number>;
  /** The right classes. */
  readonly labels: ArrayLike<number>;
}

const predictionBatch = 200;

/** A run as sections see it: checked, and with what several of them need made once. */
export class PreparedRun {
  readonly facts: ReportedRun;
  readonly model: Sequential | undefined;
  readonly history: ReportedHistory | undefined;
  readonly data: ReportedData;
  #predictions: Promise<Predictions | undefined> | undefined;

  /** Throws OptionError for a run of nothing, ShapeError and DataError for images and labels that do not fit together. */
  constructor(facts: ReportedRun) {
    if (facts?.model === undefined && facts?.history === undefined) {
      throw new OptionError('report: there is neither a model nor a history; give at least one of them');
    }
    this.facts = facts;
    this.model = facts.model;
    this.history = facts.history;
    this.data = facts.data ?? {};
    for (const name of ['train', 'validation', 'test'] as const) checkSet(name, this.data[name]);
  }

  get title(): string {
    return this.facts.title ?? this.model?.name ?? 'Training';
  }

  /** The sets that the run has, by name, in the order of their use. */
  get sets(): readonly (readonly [string, ReportedImages])[] {
    const { train, validation, test } = this.data;
    const named = [
      ['train', train],
      ['validation', validation],
      ['test', test],
    ] as const;
    return named.flatMap(([name, set]) => (set === undefined ? [] : [[name, set] as const]));
  }

  /** The number of classes: of the names, of what the model gives, or of the labels that there are. */
  get classes(): number {
    const { classNames } = this.data;
    if (classNames !== undefined) return classNames.length;
    const outputs = this.model?.outputShape ?? this.facts.predictions?.shape.slice(1);
    if (outputs?.length === 1) return outputs[0]!;
    const highest = this.sets.map(([, { labels }]) => (labels.size === 0 ? -1 : labels.max().item()));
    return Math.max(-1, ...highest) + 1;
  }

  /** The name of a class. */
  className(index: number): string {
    return this.data.classNames?.[index] ?? String(index);
  }

  get classNames(): readonly string[] {
    return Array.from({ length: this.classes }, (_, i) => this.className(i));
  }

  /**
   * What the model says of the test images, else of the validation images; undefined if there are none, or if the model
   * gives no probabilities of classes. Computed once.
   */
  predictions(): Promise<Predictions | undefined> {
    this.#predictions ??= this.#predict();
    return this.#predictions;
  }

  async #predict(): Promise<Predictions | undefined> {
    const { test, validation } = this.data;
    const set = test ?? validation;
    if (set === undefined || set.labels.size === 0) return undefined;
    const setName = test === undefined ? 'validation' : 'test';
    const outputs = this.facts.predictions ?? (await this.#outputsFor(set.images));
    if (outputs === undefined) return undefined;
    const [count = 0, classes = 0] = outputs.shape;
    if (outputs.rank !== 2 || count !== set.labels.size || classes < 2) {
      if (this.facts.predictions === undefined) return undefined;
      throw new ShapeError(
        `report: predictions are [${outputs.shape.join(', ')}], expected [${set.labels.size}, classes], one row for each ${setName} image`,
      );
    }
    const { data: labels } = set.labels;
    const wrong = labels.findIndex(label => !(label >= 0 && label < classes));
    if (wrong >= 0) {
      throw new DataError(
        `report: label ${labels[wrong]} of ${setName} image ${wrong}, but there are predictions for the classes 0 to ${classes - 1}`,
      );
    }
    const predicted = outputs.argmax(1).data;
    return { set, setName, count, classes, outputs, probabilities: outputs.data, predicted, labels };
  }

  async #outputsFor(images: Tensor): Promise<Tensor | undefined> {
    const { model } = this;
    if (model === undefined || model.outputShape.length !== 1) return undefined;
    const fitting = model.inputShape.length === 3 && images.rank === 3 ? images.expandDims(3) : images;
    return model.predict(fitting, { batchSize: predictionBatch });
  }
}

function checkSet(name: string, set: ReportedImages | undefined): void {
  if (set === undefined) return;
  imageShape(set.images);
  const [count = 0] = set.images.shape;
  if (set.labels.rank === 1 && set.labels.size === count) return;
  throw new ShapeError(
    `report: the ${name} set has ${count} images, but labels of [${set.labels.shape.join(', ')}]; expected [${count}]`,
  );
}
