/** What the programs and their twins tell, and the rows of a table made of it. Nothing here measures. */
import { median, medianDeviation } from '../median.ts';
import type { Row } from '../suite.ts';

/** What a program of examples/ or its twin in Keras tells at its end. */
export interface ProgramResult {
  /** `inkling`, or Keras with its backend. */
  readonly peer: string;
  /** 0 to 1. */
  readonly testAccuracy: number;
  /** Of the training alone, with validation. */
  readonly seconds: number;
  readonly epochs: number;
  readonly parameters: number;
}

/** Reads the one line of JSON in an output; other lines are passed over. Throws if there is none, or if it lacks something. */
export function parseResult(output: string, program: string): ProgramResult {
  const line = output.split('\n').findLast(each => each.startsWith('{')) ?? '{}';
  const { peer, ...found }: Partial<ProgramResult> = JSON.parse(line);
  const { testAccuracy, seconds, epochs, parameters } = found;
  const numbers = [testAccuracy, seconds, epochs, parameters];
  if (peer !== undefined && numbers.every(Number.isFinite)) return { peer, ...found } as ProgramResult;
  throw new Error(
    `${program} printed ${line}; expected peer, testAccuracy, seconds, epochs and parameters as the last line of JSON`,
  );
}

/** Throws if the two sides did not train networks of the same size: their times would then say nothing. */
export function checkSameNetwork(name: string, results: readonly ProgramResult[]): void {
  const [first] = results;
  const other = results.find(({ parameters }) => parameters !== first?.parameters);
  if (first === undefined || other === undefined) return;
  throw new Error(
    `${name}: the network of ${other.peer} has ${other.parameters} parameters, expected the ${first.parameters} of ${first.peer}`,
  );
}

/**
 * A row for each side: the median time of the training, the mean accuracy on the test images in per cent, and how many times as fast
 * Inkling is.
 */
export function rowsOf(name: string, results: readonly ProgramResult[]): Row[] {
  const ours = results.filter(({ peer }) => peer === 'inkling');
  const peers = [...new Set(results.map(({ peer }) => peer))];
  return peers.map(peer => {
    const found = results.filter(result => result.peer === peer);
    const others = peer === 'inkling' ? results.filter(result => result.peer !== peer) : found;
    const times = found.map(({ seconds }) => seconds * 1e3);
    const accuracies = found.map(({ testAccuracy }) => testAccuracy);
    return {
      name: `${name}, epochs: ${found.map(({ epochs }) => epochs).join(', ')}`,
      backend: peer,
      milliseconds: median(times),
      deviation: medianDeviation(times),
      samples: found.length,
      accuracy: (accuracies.reduce((sum, each) => sum + each, 0) / found.length) * 100,
      ...(ours.length === 0 || others.length === 0 ? {} : { ratio: secondsOf(others) / secondsOf(ours) }),
    };
  });
}

const secondsOf = (results: readonly ProgramResult[]): number => median(results.map(({ seconds }) => seconds));
