import type { Numbers } from '../backend/backend.ts';
import { type FeedSource, type InputType, inputTypeOf } from '../data/batches.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import type { Network } from './forward.ts';
import { type BatchForm, predictProgram } from './program.ts';
import type { Program, Runtime } from './runtime.ts';
import { type EvaluateSettings, feedsOf } from './session.ts';

export interface PredictSettings {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** A prediction that waits for others to run with. */
interface Waiting {
  readonly inputs: Tensor;
  readonly settings: PredictSettings;
  readonly resolve: (output: Tensor) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives an operand of a run by its name. */
type Input = (name: string) => Numbers;

/** The examples from `from` on, so many, without a copy. */
function rowsOf({ data, shape }: Tensor, from: number, count: number): Numbers {
  const all = shape[0]!;
  const size = data.length / all;
  return count === all ? data : data.subarray(from * size, (from + count) * size);
}

/** A model's predictions: each by itself, or small ones that wait together as one batch. */
export class Predictions {
  readonly #runtime: Runtime;
  readonly #network: Network;
  readonly #outputShape: Shape;
  #latest: { readonly form: BatchForm; readonly program: Program } | undefined;
  #waiting: Waiting[] = [];
  #isServing = false;

  constructor(runtime: Runtime, network: Network, outputShape: Shape) {
    this.#runtime = runtime;
    this.#network = network;
    this.#outputShape = outputShape;
  }

  get inputShape(): Shape {
    return this.#network.inputShape;
  }

  /** The outputs for checked inputs, batch by batch. */
  async predict(inputs: Tensor, { batchSize, signal }: PredictSettings): Promise<Tensor> {
    const count = inputs.shape[0]!;
    const size = sizeOf(this.#outputShape);
    const outputs = new Float32Array(count * size);
    const options = { priority: 'interactive', signal } as const;
    for (let from = 0; from < count; from += batchSize) {
      const examples = Math.min(batchSize, count - from);
      const io = {
        write: (input: Input) => input('x').set(rowsOf(inputs, from, examples)),
        read: (output: Input) => outputs.set(output('output'), from * size),
      };
      await this.#runtime.run(this.#program(examples, inputTypeOf(inputs)), io, options);
    }
    return new Tensor([count, ...this.#outputShape], 'float32', outputs);
  }

  /** The outputs of the batches of a source, one after the other. */
  async *batches(source: FeedSource, settings: EvaluateSettings): AsyncGenerator<Tensor> {
    const options = { priority: 'interactive', signal: settings.signal } as const;
    for await (const { feed, prepare } of feedsOf(source, settings)) {
      const io = {
        write: (input: Input) => feed.write('x', input('x')),
        read: (output: Input) => output('output').slice() as Float32Array,
      };
      const run = this.#runtime.run(this.#program(feed.count, feed.inputType), io, options);
      prepare();
      yield new Tensor([feed.count, ...this.#outputShape], 'float32', await run);
    }
  }

  /** The program for so many examples; the same one as long as predictions are alike. */
  #program(count: number, inputType: InputType): Program {
    if (this.#latest?.form.count !== count || this.#latest.form.inputType !== inputType) {
      const form = { count, inputType, weighted: false };
      this.#latest = { form, program: predictProgram(this.#network, form) };
    }
    return this.#latest.program;
  }

  /** The same, in one batch with others of the same element type that wait. */
  coalesce(inputs: Tensor, settings: PredictSettings): Promise<Tensor> {
    if (inputs.shape[0]! >= settings.batchSize) return this.predict(inputs, settings);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ inputs, settings, resolve, reject });
      if (!this.#isServing) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    // What is asked for in the same turn of the event loop comes along.
    await Promise.resolve();
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#runTogether(group);
    this.#isServing = false;
  }

  /** Those that run next: of one element type, together no more than the batch size of the first. */
  #take(): Waiting[] {
    for (const { settings, reject } of this.#waiting) if (settings.signal?.aborted) reject(settings.signal.reason);
    this.#waiting = this.#waiting.filter(({ settings }) => !settings.signal?.aborted);
    const [first] = this.#waiting;
    if (first === undefined) return [];
    let room = first.settings.batchSize;
    const group = this.#waiting.filter(({ inputs }) => {
      const count = inputs.shape[0]!;
      if (inputTypeOf(inputs) !== inputTypeOf(first.inputs) || count > room) return false;
      room -= count;
      return true;
    });
    this.#waiting = this.#waiting.filter(each => !group.includes(each));
    return group;
  }

  async #runTogether(group: readonly Waiting[]): Promise<void> {
    const counts = group.map(({ inputs }) => inputs.shape[0]!);
    const total = counts.reduce((sum, count) => sum + count, 0);
    // Sizes are rounded up, so that few plans serve all; the rows behind are zeros that nobody reads.
    const count = Math.min(2 ** Math.ceil(Math.log2(total)), group[0]!.settings.batchSize);
    try {
      const outputs = await this.#runtime.run(
        this.#program(count, inputTypeOf(group[0]!.inputs)),
        {
          write(input) {
            const out = input('x');
            let at = 0;
            for (const { inputs } of group) {
              out.set(inputs.data, at);
              at += inputs.size;
            }
            out.fill(0, at);
          },
          read: output => output('output').slice() as Float32Array,
        },
        { priority: 'interactive' },
      );
      this.#hand(group, counts, outputs);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #hand(group: readonly Waiting[], counts: readonly number[], outputs: Float32Array): void {
    const size = sizeOf(this.#outputShape);
    let at = 0;
    for (const [i, { resolve }] of group.entries()) {
      const end = at + counts[i]! * size;
      resolve(new Tensor([counts[i]!, ...this.#outputShape], 'float32', outputs.slice(at, end)));
      at = end;
    }
  }
}
