/** The moving averages of the parameters, which the optimizer keeps if it is asked to. */
import { StateError } from '../errors.ts';
import { averageName } from '../optimizers/gradient-stage.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { parametersOf } from './layer-node.ts';
import type { Session } from './session.ts';
import { trainingVariable } from './variables.ts';

/** At the end of `fit` the parameters that are trained become their averages, where the optimizer keeps them. */
export async function takeAverages(session: Session): Promise<void> {
  const { runtime, compiled } = session;
  if (compiled.optimizer.gradientStage?.useEma !== true) return;
  const pairs = averaged(session);
  const averages = await runtime.read(pairs.map(({ average }) => average));
  await runtime.write(pairs.map(({ parameter }, i) => [parameter, averages[i]!] as const));
}

/**
 * Lets the parameters that are trained and their averages change places; calls `swapped` when everything that is asked for
 * later will see it. Throws StateError where the optimizer keeps none.
 */
export async function swapAverages(session: Session, swapped: () => void): Promise<void> {
  const { runtime, compiled } = session;
  const { gradientStage, name } = compiled.optimizer;
  if (gradientStage?.useEma !== true) {
    throw new StateError(`useAverages: ${name} keeps no averages of the parameters; make it with useEma: true`);
  }
  const variables = averaged(session).flatMap(({ parameter, average }) => [parameter, average]);
  const contents = await runtime.read(variables);
  // Each gets the content of the other one of its pair.
  const written = runtime.write(variables.map((variable, i) => [variable, contents[i ^ 1]!] as const));
  swapped();
  await written;
}

/** The parameters that are trained, with their averages. */
function averaged({ network }: Session): { readonly parameter: VariableSpec; readonly average: VariableSpec }[] {
  const trained = parametersOf(network.layers).filter(each => each.trainable !== false && each.owner.trainable);
  return trained.map(({ variable, path, shape }) => ({
    parameter: variable,
    average: trainingVariable(averageName(path), shape),
  }));
}
