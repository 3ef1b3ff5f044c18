import type { ForwardKernelName, InputName, OutputName } from '../../kernels/contract.ts';
import { broadcastStrides } from '../../kernels/geometry.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import type { Call, Graph, Value } from './graph.ts';
import { Ops } from './ops.ts';

/** Emits the gradients of a call's inputs, given those of its outputs. An input that is left out has no gradient. */
export type Rule<K extends ForwardKernelName> = (
  graph: Graph,
  call: Call<K>,
  d: { readonly [N in OutputName<K>]: Value },
) => { readonly [N in InputName<K>]?: Value };

export type Rules<K extends ForwardKernelName> = { readonly [N in K]: Rule<N> };

/** The operations of which gradients are made. */
export const gradientOps = (graph: Graph): Ops => new Ops(graph, { training: true });

/** Sums the gradient of an operand that was broadcast over the axes along which it was repeated. */
export function summedTo(graph: Graph, shape: Shape, gradient: Value): Value {
  const size = sizeOf(gradient.shape);
  if (sizeOf(shape) === size) return gradient;
  const strides = broadcastStrides(shape, gradient.shape);
  const geometry = { size, reducedSize: sizeOf(shape), shape: gradient.shape, strides };
  return graph.emit('sumForward', { y: shape }, { x: gradient }, geometry).y;
}
