import { sizeOf } from '../shape/shape.ts';
import { emitGradients } from './gradients.ts';
import { type Graph, originOf, type Value } from './graph.ts';

/** Emits the gradients of a single number with respect to values of the graph; 0 where it does not depend on one. */
export function differentiate(graph: Graph, number: Value, sources: readonly Value[]): Value[] {
  const reachable = sources.filter(source => dependsOn(graph, number, source));
  const gradients = emitGradients(graph, number, reachable);
  return sources.map(source => gradients.get(source) ?? zeros(graph, source));
}

function dependsOn(graph: Graph, value: Value, source: Value): boolean {
  const dependent = new Set([originOf(source)]);
  for (const { inputs, outputs } of graph.calls) {
    if (!Object.values(inputs).some(input => dependent.has(originOf(input)))) continue;
    for (const output of Object.values(outputs)) dependent.add(output);
  }
  return dependent.has(originOf(value));
}

function zeros(graph: Graph, { shape }: Value): Value {
  return graph.emit('fill', { y: shape }, {}, { size: sizeOf(shape), value: 0 }).y;
}
