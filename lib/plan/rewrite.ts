/** Rewriting lists of calls: others in the place of several, where that changes no result. */
import type { KernelName } from '../../kernels/contract.ts';
import { sameShape } from '../shape/shape.ts';
import { type AnyCall, conflict, originOf, type Value } from './graph.ts';

/** Calls, most of the time one, that take the place of several. */
export interface Fusion {
  readonly replaces: readonly AnyCall[];
  readonly by: readonly AnyCall[];
  /** The one of the replaced calls where it goes. */
  readonly at: AnyCall;
}

export const readsFrom = (call: AnyCall, value: Value): boolean =>
  Object.values(call.inputs).some(input => originOf(input) === value);

/** Whether a call reads a value as one operand alone, and under its own shape: geometries are equal only then. */
export function readsOnlyAs(call: AnyCall, operand: string, value: Value): boolean {
  return Object.entries(call.inputs).every(
    ([name, input]) =>
      (originOf(input) === value) === (name === operand) && (name !== operand || sameShape(input.shape, value.shape)),
  );
}

/** All calls that read a value; undefined where it must be kept, so that nobody fuses it away. */
export type ReadersOf = (value: Value | undefined) => readonly AnyCall[] | undefined;

/** What `find` proposes for a call; `everyReaderOf` gives the readers of values that are kept as well. */
export type Find = (
  call: AnyCall,
  readersOf: ReadersOf,
  everyReaderOf: (value: Value) => readonly AnyCall[],
) => readonly Fusion[];

/** Applies what `find` proposes for each call, as far as it changes no result. */
export function rewrite(calls: AnyCall[], kept: readonly Value[], find: Find): AnyCall[] {
  const readers = new Map<Value, AnyCall[]>();
  for (const call of calls) {
    for (const input of new Set(Object.values(call.inputs).map(originOf))) {
      readers.set(input, [...(readers.get(input) ?? []), call]);
    }
  }
  const needed = new Set(kept.map(originOf));
  const everyReaderOf = (value: Value) => readers.get(originOf(value)) ?? [];
  const readersOf: ReadersOf = value =>
    value === undefined || needed.has(originOf(value)) ? undefined : everyReaderOf(value);
  let rewritten = calls;
  for (const call of calls) {
    if (!rewritten.includes(call)) continue;
    const fusions = find(call, readersOf, everyReaderOf);
    if (fusions.length === 0 || !fusions.every(fusion => isSound(rewritten, fusion))) continue;
    rewritten = applied(rewritten, fusions);
  }
  return rewritten;
}

/** Whether each replaced call may go to the place of the fused one: no call between must stay before or behind it. */
export function isSound(calls: readonly AnyCall[], { replaces, at }: Fusion): boolean {
  const place = calls.indexOf(at);
  return replaces.every(call => {
    const from = calls.indexOf(call);
    const between = calls.slice(Math.min(from, place), Math.max(from, place) + 1);
    return from >= 0 && between.every(other => replaces.includes(other) || !conflict(other, call));
  });
}

export function applied(calls: readonly AnyCall[], fusions: readonly Fusion[]): AnyCall[] {
  const changes = new Map<AnyCall, readonly AnyCall[]>();
  for (const { replaces, by, at } of fusions) for (const call of replaces) changes.set(call, call === at ? by : []);
  return calls.flatMap(call => changes.get(call) ?? [call]);
}

/** The only reader of a value, if it is of that kernel and reads the value as that operand, under the value's own shape. */
export function soleReader(
  readersOf: ReadersOf,
  value: Value | undefined,
  kernel: KernelName,
  operand: string,
): AnyCall | undefined {
  const [reader, ...others] = readersOf(value) ?? [];
  if (reader === undefined || others.length > 0 || reader.kernel !== kernel) return undefined;
  return readsOnlyAs(reader, operand, originOf(value!)) ? reader : undefined;
}

/** A sum, what is added in it, and the relu behind, if there is one. */
interface Sum {
  readonly add: AnyCall;
  readonly other: Value;
  readonly relu: AnyCall | undefined;
}

/** The only reader of a value, if that adds something of the same shape to it. */
export function soleSum(readersOf: ReadersOf, value: Value): Sum | undefined {
  const [add, ...others] = readersOf(value) ?? [];
  if (add?.kernel !== 'addForward' || others.length > 0) return undefined;
  const { a, b } = add.inputs;
  const [own, other] = originOf(a!) === originOf(value) ? [a!, b!] : [b!, a!];
  const y = add.outputs['y']!;
  if (originOf(other) === originOf(value)) return undefined;
  if (![value, own, other].every(({ shape }) => sameShape(shape, y.shape))) return undefined;
  return { add, other, relu: soleReader(readersOf, y, 'reluForward', 'x') };
}
