/** A scale and a shift of channels behind a product or a convolution become part of its filters and of its bias. */
import { broadcastStrides } from '../../kernels/geometry.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { type AnyCall, type Graph, originOf, type Value } from './graph.ts';
import { type Fusion, type ReadersOf, rewrite } from './rewrite.ts';

/** The output and the filters of the kernels that fold, and along which axis the filters have the output channels. */
const foldable: { readonly [kernel: string]: { readonly y: string; readonly w: string; readonly axis: number } } = {
  conv2dForward: { y: 'y', w: 'w', axis: -1 },
  conv2dTransposeForward: { y: 'y', w: 'w', axis: -2 },
  matmulForward: { y: 'c', w: 'b', axis: -1 },
};

/**
 * (x * w + b) scale + shift is x * (w scale) + (b scale + shift). The filters are scaled by calls of the plan, so they
 * follow parameters that change. It is done where nobody else reads what lies between, which is so in prediction behind
 * batch normalization, and where the filters have no more elements than the output, which would be gone over otherwise.
 */
export function foldScales(graph: Graph, calls: AnyCall[], kept: readonly Value[]): AnyCall[] {
  return rewrite(calls, kept, (call, readersOf) => foldedScale(graph, call, readersOf));
}

function foldedScale(graph: Graph, call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  const names = foldable[call.kernel];
  if (names === undefined || ('transposeB' in call.geometry && call.geometry.transposeB === true)) return [];
  const [y, w] = [call.outputs[names.y]!, call.inputs[names.w]!];
  const channels = w.shape.at(names.axis)!;
  const bias = soleRowReader(readersOf, y, 'biasForward', channels);
  const scaled = soleRowReader(readersOf, bias?.outputs['y'] ?? y, 'scaleShiftForward', channels);
  if (scaled === undefined || sizeOf(w.shape) > sizeOf(y.shape)) return [];
  const { scale, shift } = scaled.inputs as { readonly scale: Value; readonly shift: Value };
  const temporary = (name: string, shape: Shape) => graph.temporary(`${call.label}/${name}`, shape, 'float32');
  const filters = temporary('scaled filters', w.shape);
  const folded = temporary('with scaled filters', y.shape);
  const before = [scaledFilters(w, scale, filters, names.axis, call.label)];
  let offset = shift;
  if (bias !== undefined) {
    offset = temporary('scaled bias', [channels]);
    before.push({
      kernel: 'scaleShiftForward',
      label: call.label,
      outputs: { y: offset },
      inputs: { x: bias.inputs['b']!, scale, shift },
      geometry: { rows: 1, columns: channels },
    });
  }
  const by: readonly AnyCall[] = [
    ...before,
    { ...call, outputs: { [names.y]: folded }, inputs: { ...call.inputs, [names.w]: filters } },
    { ...scaled, kernel: 'biasForward', inputs: { x: folded, b: offset } },
  ];
  return [{ replaces: [call, ...(bias === undefined ? [] : [bias]), scaled], by, at: scaled }];
}

/** filters = w scale, the scale being repeated over all axes but that of the output channels. */
function scaledFilters(w: Value, scale: Value, filters: Value, axis: number, label: string): AnyCall {
  const { shape } = w;
  const behind = new Array<number>(-1 - axis).fill(1);
  const geometry = {
    size: sizeOf(shape),
    shape,
    aStrides: broadcastStrides(shape, shape),
    bStrides: broadcastStrides([shape.at(axis)!, ...behind], shape),
  };
  return { kernel: 'multiplyForward', label, outputs: { y: filters }, inputs: { a: w, b: scale }, geometry };
}

/** The only reader of a value, if it is of that kernel and reads it as rows of so many columns. */
function soleRowReader(
  readersOf: ReadersOf,
  value: Value,
  kernel: 'biasForward' | 'scaleShiftForward',
  columns: number,
): AnyCall | undefined {
  const [reader, ...others] = readersOf(value) ?? [];
  if (reader?.kernel !== kernel || others.length > 0) return undefined;
  const isOperand = Object.entries(reader.inputs).every(
    ([name, input]) => (originOf(input) === originOf(value)) === (name === 'x'),
  );
  return isOperand && 'columns' in reader.geometry && reader.geometry.columns === columns ? reader : undefined;
}
