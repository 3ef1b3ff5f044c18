import type { Callback, CallbackState, Logs, TrainingState } from '../callbacks/callback.ts';
import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import { Fields } from '../files/fields.ts';
import type { Json } from '../json.ts';
import type { Accumulated } from './accumulator.ts';

/** Where `fit` calls its callbacks. */
export type Mark = 'trainBegin' | 'epochBegin' | 'batchBegin' | 'batchEnd' | 'epochEnd' | 'trainEnd';
const marks: readonly Mark[] = ['trainBegin', 'epochBegin', 'batchBegin', 'batchEnd', 'epochEnd', 'trainEnd'];

/** From where a training goes on. */
export interface Position {
  readonly epoch: number;
  /** Batches of the epoch whose steps are done. */
  readonly batch: number;
  readonly mark: Mark;
  /** How many callbacks have been called at the mark. */
  readonly called: number;
  readonly stopped: boolean;
  /** Whether the training goes on with the averages in the place of the parameters; a state has each under its own name. */
  readonly averaged: boolean;
  /** Which pass over the data it is: that of the epoch, unless epochs have a number of steps. */
  readonly pass: number;
  /** Batches of the pass whose steps are done. */
  readonly passBatch: number;
  /** Training steps when the pass began: the order of its examples follows from it. */
  readonly passStep: number;
  /** Sums over the batches of the epoch so far. */
  readonly accumulated: Accumulated;
  /** The logs of the last epoch that has ended. */
  readonly logs: Logs;
}

/** What a call of `fit` was asked for. */
export interface FitRecord {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /** Examples of a pass over the data; undefined if the batch source does not tell. */
  readonly examples: number | undefined;
  /** Undefined where an epoch is a pass over the data. */
  readonly stepsPerEpoch: number | undefined;
}

/** What a callback keeps, with the name of its class, by which it is known again. */
export interface KeptCallback {
  readonly className: string;
  readonly state: CallbackState | undefined;
}

/** A training that was interrupted. */
export interface SavedFit {
  readonly record: FitRecord;
  readonly position: Position;
  readonly callbacks: readonly KeptCallback[];
}

/** An optimizer's name and its hyper-parameters by their names, as numbers or as schedules. */
export interface SavedOptimizer {
  readonly name: string;
  readonly settings: { readonly [name: string]: Json };
}

/** The part of a training state that is no variable. */
export interface StateValues {
  /** Decides shuffling and dropout where `fit` is given no seed. */
  readonly seed: number;
  readonly steps: number;
  /** Undefined for a model that is not compiled. */
  readonly optimizer: SavedOptimizer | undefined;
  readonly fit: SavedFit | undefined;
}

/** The callbacks of a run with what they keep now: copies, for they go on. */
export const keptCallbacks = (callbacks: readonly Callback[]): KeptCallback[] =>
  callbacks.map(callback => {
    const state = callback.getState?.();
    const kept = state && { ...state, values: structuredClone(state.values ?? null) };
    return { className: callback.constructor.name, state: kept };
  });

/** Names of tensors that callbacks keep begin so; no layer's path does. */
const callbackPrefix = (place: number): string => `:callback/${place}/`;

/** The values as JSON, and the tensors that callbacks keep by name. */
export function packValues({ seed, steps, optimizer, fit }: StateValues): TrainingState {
  const tensors: { [name: string]: NonNullable<CallbackState['tensors']>[string] } = {};
  const callbacks = (fit?.callbacks ?? []).map(({ className, state }, place): Json => {
    for (const [name, tensor] of Object.entries(state?.tensors ?? {})) tensors[callbackPrefix(place) + name] = tensor;
    return { className, state: state === undefined ? null : { values: state.values ?? null } };
  });
  const position = fit === undefined ? null : packFit(fit, callbacks);
  const { name, settings } = optimizer ?? {};
  const saved = name === undefined ? null : { ...settings, name };
  return { tensors, values: { seed, steps, optimizer: saved, fit: position } };
}

function packFit({ record, position }: SavedFit, callbacks: readonly Json[]): Json {
  const { accumulated, logs, ...rest } = position;
  const { examples, loss, sums } = accumulated;
  return {
    record: { ...record, examples: record.examples ?? null, stepsPerEpoch: record.stepsPerEpoch ?? null },
    position: { ...rest, accumulated: { examples, loss, sums }, logs: { ...logs } },
    callbacks,
  };
}

/** The values of a state that may come from anywhere. Throws FormatError for one that is not what `packValues` gives. */
export function unpackValues({ values, tensors }: TrainingState): StateValues {
  const root = new Fields('the training state', values);
  const optimizer = root.optional('optimizer');
  const fit = root.optional('fit');
  return {
    seed: root.count('seed'),
    steps: root.count('steps'),
    optimizer: optimizer && unpackOptimizer(optimizer),
    fit: fit && unpackFit(fit, tensors),
  };
}

function unpackOptimizer(optimizer: Fields): SavedOptimizer {
  const settings = optimizer.names.filter(name => name !== 'name').map(name => [name, optimizer.json(name)] as const);
  return { name: optimizer.text('name'), settings: Object.fromEntries(settings) };
}

function unpackFit(fit: Fields, tensors: TrainingState['tensors']): SavedFit {
  const [record, position] = [fit.object('record'), fit.object('position')];
  const accumulated = position.object('accumulated');
  const mark = position.text('mark');
  if (!isMark(mark))
    throw new FormatError(`the training state: mark is ${describe(mark)}, expected ${marks.join(', ')}`);
  return {
    record: {
      epochs: record.count('epochs'),
      initialEpoch: record.count('initialEpoch'),
      batchSize: record.count('batchSize'),
      shuffle: record.flag('shuffle'),
      seed: record.count('seed'),
      examples: record.optionalCount('examples'),
      stepsPerEpoch: record.optionalCount('stepsPerEpoch'),
    },
    position: {
      epoch: position.count('epoch'),
      batch: position.count('batch'),
      mark,
      called: position.count('called'),
      stopped: position.flag('stopped'),
      // Older states do not tell.
      averaged: position.names.includes('averaged') && position.flag('averaged'),
      pass: position.count('pass'),
      passBatch: position.count('passBatch'),
      passStep: position.count('passStep'),
      accumulated: {
        examples: accumulated.count('examples'),
        loss: accumulated.number('loss'),
        sums: accumulated.object('sums').lists(),
      },
      logs: { loss: Number.NaN, ...position.object('logs').numbers() },
    },
    callbacks: fit.list('callbacks').map((each, place) => {
      const state = each.optional('state');
      const kept = state && { values: state.json('values'), tensors: tensorsOf(tensors, place) };
      return { className: each.text('className'), state: kept };
    }),
  };
}

function tensorsOf(tensors: TrainingState['tensors'], place: number): TrainingState['tensors'] {
  const prefix = callbackPrefix(place);
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** Whether a tensor of a training state belongs to a callback. */
export const isOfCallback = (name: string): boolean => name.startsWith(':callback/');

const isMark = (text: string): text is Mark => marks.some(mark => mark === text);

/** Gives callbacks back what they kept. Throws FormatError where one cannot read it. */
export function restoreCallbacks(callbacks: readonly Callback[], kept: readonly KeptCallback[]): void {
  for (const [place, callback] of callbacks.entries()) {
    const state = kept[place]?.state;
    if (state === undefined) continue;
    try {
      callback.setState?.(state);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const what = `what the callback ${callback.constructor.name} keeps cannot be read: ${reason}`;
      throw new FormatError(`the training state: ${what}`, { cause });
    }
  }
}

/** Throws OptionError unless the callbacks have the classes of those that were kept. */
export function checkCallbacks(callbacks: readonly Callback[], kept: readonly KeptCallback[]): void {
  // The first one is the history, which fit brings itself.
  const [were, are] = [kept.map(({ className }) => className), callbacks.map(each => each.constructor.name)];
  if (were.join() === are.join()) return;
  const list = (names: readonly string[]) => (names.length > 1 ? names.slice(1).join(', ') : 'none');
  throw new OptionError(
    `fit: the training that is resumed had these callbacks: ${list(were)}; got ${list(are)}; give the same ones in the same order`,
  );
}

/** Throws OptionError where what `fit` is asked for contradicts the training that is resumed. */
export function checkRecord(asked: FitRecord, was: FitRecord, { epoch, mark }: Position): void {
  const names = ['batchSize', 'examples', 'stepsPerEpoch', 'seed', 'shuffle', 'initialEpoch'] as const;
  for (const name of names) {
    if (asked[name] === was[name]) continue;
    const what = name === 'examples' ? 'number of examples' : name;
    const had = was[name] === undefined ? `no ${what}` : `the ${what} ${was[name]}`;
    throw new OptionError(
      `fit: the training that is resumed has ${had}, got ${asked[name]}; a training goes on as it began`,
    );
  }
  const begun = mark === 'trainBegin' ? epoch : epoch + 1;
  if (asked.epochs >= begun) return;
  throw new OptionError(
    `fit: the training that is resumed is in epoch ${begun}, but epochs is ${asked.epochs}: it counts from the beginning`,
  );
}
