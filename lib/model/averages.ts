/** The moving averages of the parameters, which the optimizer keeps if it is asked to. */
import type { TrainingState } from '../callbacks/callback.ts';
import { StateError } from '../errors.ts';
import { averageName } from '../optimizers/gradient-stage.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { parametersOf } from './layer-node.ts';
import type { Session } from './session.ts';
import { trainingVariable } from './variables.ts';

/** A parameter with its average. */
interface Pair {
  readonly parameter: VariableSpec;
  readonly average: VariableSpec;
}

/** At the end of `fit` the parameters that are trained become their averages, where the optimizer keeps them. */
export async function takeAverages(session: Session): Promise<void> {
  const { runtime, compiled } = session;
  if (compiled.optimizer.gradientStage?.useEma !== true) return;
  const pairs = pairsOf(session);
  const averages = await runtime.read(pairs.map(({ average }) => average));
  await runtime.write(pairs.map(({ parameter }, i) => [parameter, averages[i]!] as const));
}

/** Lets the parameters that are trained and their averages change places while the model trains. */
export class AverageSwap {
  readonly #session: Session;
  #swapped: readonly Pair[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** Those that have changed places, as everything that is asked for from now on will see it. */
  get swapped(): readonly Pair[] {
    return this.#swapped;
  }

  /** Puts the averages into the place of the parameters. Throws StateError where the optimizer keeps none. */
  async swap(): Promise<void> {
    const { gradientStage, name } = this.#session.compiled.optimizer;
    if (gradientStage?.useEma !== true) {
      throw new StateError(`useAverages: ${name} keeps no averages of the parameters; make it with useEma: true`);
    }
    const pairs = pairsOf(this.#session);
    await this.#exchange(pairs, pairs);
  }

  /** Gives each parameter and each average its own place, also where a layer has been frozen since. */
  async swapBack(): Promise<void> {
    await this.#exchange(this.#swapped, []);
  }

  async #exchange(pairs: readonly Pair[], swapped: readonly Pair[]): Promise<void> {
    const { runtime } = this.#session;
    const variables = pairs.flatMap(({ parameter, average }) => [parameter, average]);
    const contents = await runtime.read(variables);
    // Each gets the content of the other one of its pair.
    const written = runtime.write(variables.map((variable, i) => [variable, contents[i ^ 1]!] as const));
    this.#swapped = swapped;
    await written;
  }
}

/** Tensors by the names of their variables, of which these pairs had changed places when they were read. */
export function swappedBack(tensors: TrainingState['tensors'], swapped: readonly Pair[]): TrainingState['tensors'] {
  const own = swapped.flatMap(({ parameter: { name: one }, average: { name: other } }) => [
    [one, tensors[other]!] as const,
    [other, tensors[one]!] as const,
  ]);
  return { ...tensors, ...Object.fromEntries(own) };
}

function pairsOf({ network }: Session): Pair[] {
  const trained = parametersOf(network.layers).filter(each => each.trainable !== false && each.owner.trainable);
  return trained.map(({ variable, path, shape }) => ({
    parameter: variable,
    average: trainingVariable(averageName(path), shape),
  }));
}
