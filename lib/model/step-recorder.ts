import type { Numbers } from '../backend/backend.ts';
import type { NonFinite } from '../callbacks/callback.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { type WatchedKind, watchedProgram } from './program.ts';
import { formOf, type RecordedStep, type Session, writeBatch } from './session.ts';

/** So many steps are kept at most: a copy of the variables costs little beside them. */
const mostSteps = 16;

/** A recorded step with its place in the training. */
interface PlacedStep extends RecordedStep {
  readonly epoch: number;
  readonly batch: number;
}

/**
 * Keeps the last steps of a training, and the variables from before them, so that these steps can be done again to find
 * where a number first was NaN or infinite.
 */
export class StepRecorder {
  readonly #session: Session;
  readonly #variables: readonly VariableSpec[];
  /** From before the first of the steps. */
  #before: readonly Numbers[] | undefined;
  #steps: PlacedStep[] = [];

  constructor(session: Session, variables: readonly VariableSpec[]) {
    this.#session = session;
    this.#variables = variables;
  }

  /** To be awaited before a step. */
  async prepare(): Promise<void> {
    if (this.#before !== undefined && this.#steps.length < mostSteps) return;
    this.#steps = [];
    this.#before = await this.#read();
  }

  /** What records the step on that batch. */
  at(epoch: number, batch: number): (step: RecordedStep) => void {
    return step => void this.#steps.push({ ...step, epoch, batch });
  }

  /** The variables have been changed by something else than a step. */
  forget(): void {
    this.#before = undefined;
    this.#steps = [];
  }

  /** Does the steps again up to the first one that makes a number which is not finite, and tells which. */
  async find(): Promise<NonFinite | undefined> {
    if (this.#before === undefined) return undefined;
    const now = await this.#read();
    try {
      let before = this.#before;
      await this.#write(before);
      for (const step of this.#steps) {
        const loss = await this.#repeat(step);
        const after = await this.#read();
        if (Number.isFinite(loss) && after.every(areFinite)) {
          before = after;
          continue;
        }
        await this.#write(before);
        return { epoch: step.epoch, batch: step.batch, ...(await this.#watch(step, after)) };
      }
      return undefined;
    } finally {
      await this.#write(now);
    }
  }

  #read(): Promise<readonly Numbers[]> {
    return this.#session.runtime.read(this.#variables);
  }

  #write(contents: readonly Numbers[]): Promise<void> {
    return this.#session.runtime.write(this.#variables.map((variable, i) => [variable, contents[i]!] as const));
  }

  /** The loss of a step. */
  #repeat({ program, write }: RecordedStep): Promise<number> {
    return this.#session.runtime.run(program, { write, read: output => output('loss')[0]! });
  }

  /** What is the first in the order of computation that is not finite. */
  async #watch({ feed, random }: RecordedStep, after: readonly Numbers[]): Promise<Found> {
    const { runtime, network, compiled } = this.#session;
    const program = watchedProgram(network, compiled, formOf(feed));
    const write = (input: (name: string) => Numbers) => {
      writeBatch(feed, input);
      input('random').set(random);
    };
    return (await runtime.run(program, { write, read: firstOdd })) ?? this.#firstUpdated(after);
  }

  #firstUpdated(after: readonly Numbers[]): Found {
    const i = after.findIndex(content => !areFinite(content));
    return { what: 'update', path: this.#variables[i]?.name, value: oddOf(after[i] ?? []) ?? Number.NaN };
  }
}

type Found = Omit<NonFinite, 'epoch' | 'batch'>;

/** Forward, the loss, and then backward from the last layer on, each before its parameters. */
function firstOdd(output: (name: string) => Numbers, names: readonly string[]): Found | undefined {
  const paths = (kind: WatchedKind) =>
    names.filter(name => name.startsWith(`${kind}:`)).map(name => name.slice(kind.length + 1));
  const odd = (what: Found['what'], kind: WatchedKind, path: string): Found[] => {
    const value = oddOf(output(`${kind}:${path}`));
    return value === undefined ? [] : [{ what, path, value }];
  };
  const layers = paths('activation');
  for (const path of layers) {
    const [found] = odd('activation', 'activation', path);
    if (found !== undefined) return found;
  }
  const loss = oddOf(output('loss'));
  if (loss !== undefined) return { what: 'loss', path: undefined, value: loss };
  const parameters = paths('parameterGradient');
  for (const layer of layers.reverse()) {
    const own = parameters.filter(path => path.slice(0, path.lastIndexOf('/')) === layer);
    const [found] = [
      ...odd('gradient', 'activationGradient', layer),
      ...own.flatMap(path => odd('gradient', 'parameterGradient', path)),
    ];
    if (found !== undefined) return found;
  }
  return undefined;
}

const areFinite = (numbers: Numbers): boolean => oddOf(numbers) === undefined;

/** The first number that is not finite. */
function oddOf(numbers: ArrayLike<number>): number | undefined {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!Number.isFinite(value)) return value;
  }
  return undefined;
}
