/** Makes steps, each a layer, of the nodes of an ONNX graph. */

import { flatten } from '../../layers/flatten.ts';
import type { AnyLayer } from '../../layers/layer.ts';
import { freeName } from '../../layers/names.ts';
import { permute } from '../../layers/permute.ts';
import { rescaling } from '../../layers/rescaling.ts';
import { reshape } from '../../layers/reshape.ts';
import { zeroPadding2d } from '../../layers/zero-padding2d.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import type { Computed, ImportNode, Padded } from './import-node.ts';

/** The name of what the model is given. */
export const inputStep = 'input';

/** The numbers of a layer's parameters, by their names. */
export interface Numbers {
  readonly [parameter: string]: Float32Array;
}

/** A layer to be, and the steps whose outputs it takes. */
export interface Step {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly make: (name: string) => AnyLayer;
  readonly numbers: () => Numbers;
  /** Set on a convolution or a dense layer, whose numbers what comes behind may still change. */
  readonly linear?: Linear;
  /** Set on a layer that scales all numbers alike. */
  readonly rescaling?: { scale: number; offset: number };
  /** The name of the activation that it is. */
  readonly activation?: string;
}

/** The parameters of a layer that is linear in its input. */
export interface Linear {
  readonly kernel: Float32Array;
  bias: Float32Array | undefined;
  /** The output channel to which an element of the kernel belongs. */
  channelOf(element: number): number;
}

type Made = Pick<Step, 'make'> & Partial<Pick<Step, 'numbers' | 'linear' | 'rescaling' | 'activation'>>;

/** Of one input, far more than any network makes: half a gigabyte. */
const mostNumbers = 2 ** 27;

/** Where the axes of images [c, h, w] are in [h, w, c]. */
const imageAxes = [2, 0, 1];
const isAscending = (axes: readonly number[]): boolean => axes.every((axis, i) => i === 0 || axis > axes[i - 1]!);

export class Importer {
  readonly steps = new Map<string, Step>();
  readonly #uses: ReadonlyMap<string, number>;
  readonly #names = new Set([inputStep]);
  /** What has been brought into another order, by the step and the order. */
  readonly #settled = new Map<string, Computed>();

  /** `uses` tells how many nodes take each tensor. */
  constructor(uses: ReadonlyMap<string, number>) {
    this.#uses = uses;
  }

  /** Adds a layer behind others, and gives its output: of that shape in the graph, whose axes are so in the model. */
  add(node: ImportNode, inputs: readonly Computed[], made: Made, shape: Shape, axes: readonly number[]): Computed {
    if (!shape.every(size => Number.isSafeInteger(size) && size > 0) || sizeOf(shape) > mostNumbers) {
      throw node.fail(`makes [${shape.join(', ')}] of each input, which no tensor can hold`);
    }
    const name = freeName(nameOf(node), this.#names);
    this.#names.add(name);
    this.steps.set(name, { name, inputs: inputs.map(({ step }) => step), numbers: () => ({}), ...made });
    return { kind: 'computed', step: name, shape, axes, isSole: true };
  }

  /** A layer that treats all elements alike, whatever their order. */
  addElementwise(node: ImportNode, x: Computed, made: Made): Computed {
    const y = this.add(node, [x], made, x.shape, x.axes);
    return x.joined === undefined ? y : { ...y, joined: x.joined };
  }

  /** Input `index` as the output of a layer, in any order of its axes and elements. */
  inAnyOrder(node: ImportNode, index: number): Computed {
    const input = node.inputs[index];
    if (input?.kind === 'computed') return this.#alias(input, node.inputNames[index]!);
    if (input?.kind === 'padded') return this.padded(node, input);
    if (input?.kind === 'share') throw node.fail('takes the error function in a way for which there is no layer');
    throw node.fail(input === undefined ? `needs its input ${index}` : `has numbers of the file as input ${index}`);
  }

  /** The same with its elements in the order of its axes. */
  computed(node: ImportNode, index: number): Computed {
    const x = this.inAnyOrder(node, index);
    return x.joined === undefined ? x : this.separated(node, x, x.joined);
  }

  /** The same with the axes of the model in the order of the graph. */
  plain(node: ImportNode, x: Computed): Computed {
    return this.#turned(
      node,
      x,
      x.axes.map((_, axis) => axis),
    );
  }

  /** Images [c, h, w], which are [h, w, c] in the model. Throws FormatError for what has other axes. */
  images(node: ImportNode, x: Computed): Computed {
    if (x.shape.length === 3) return this.#turned(node, x, imageAxes);
    throw node.fail(`works on images, got a tensor with ${x.shape.length + 1} axes; only these are read`);
  }

  /** With that axis of the graph as the last of the model. */
  withLast(node: ImportNode, x: Computed, axis: number): Computed {
    const rank = x.axes.length;
    if (x.axes[axis] === rank - 1) return x;
    const others = x.axes.map((_, i) => i).filter(i => i !== axis);
    const axes = x.axes.map((_, i) => (i === axis ? rank - 1 : others.indexOf(i)));
    return this.#turned(node, x, axes);
  }

  /** All axes as one; the elements keep the order that they have in the model. */
  joined(node: ImportNode, x: Computed): Computed {
    if (x.shape.length === 1) return x;
    const shape = [sizeOf(x.shape)];
    const flat = this.#once(`${x.step} flat`, () =>
      this.add(node, [x], { make: name => flatten({ name }) }, shape, [0]),
    );
    // Axes of size 1 may stand anywhere.
    const isSame = isAscending(x.axes.filter((_, axis) => x.shape[axis] !== 1));
    return isSame ? flat : { ...flat, joined: { shape: x.shape, axes: x.axes } };
  }

  /** The elements in the order of the graph again. */
  separated(node: ImportNode, x: Computed, joined: NonNullable<Computed['joined']>): Computed {
    const { shape, axes } = joined;
    const inModel = axes.map((_, place) => shape[axes.indexOf(place)]!);
    return this.#once(`${x.step} separated`, () => {
      const again = this.add(node, [x], { make: name => reshape({ name, targetShape: inModel }) }, shape, axes);
      const plain = this.plain(node, again);
      return this.add(node, [plain], { make: name => flatten({ name }) }, x.shape, [0]);
    });
  }

  padded(node: ImportNode, { of, node: pad, pads, mode }: Padded): Computed {
    if (mode === 'edge') throw node.fail('takes images that are padded with their edges; only MaxPool may do so');
    const [top = 0, left = 0, bottom = 0, right = 0] = pads;
    const [c = 0, h = 0, w = 0] = of.shape;
    const padding = [
      [top, bottom],
      [left, right],
    ] as const;
    const make = (name: string) => zeroPadding2d({ name, padding });
    return this.#once(`${of.step} padded ${pads.join(' ')}`, () =>
      this.add(pad, [of], { make }, [c, h + top + bottom, w + left + right], of.axes),
    );
  }

  /** All elements times a number and plus another. */
  rescaled(node: ImportNode, x: Computed, scale: number, offset: number): Computed {
    if (scale === 1 && offset === 0) return x;
    const before = this.steps.get(x.step);
    if (before?.rescaling !== undefined && x.isSole) {
      before.rescaling.scale *= scale;
      before.rescaling.offset = before.rescaling.offset * scale + offset;
      return x;
    }
    const settings = { scale, offset };
    const make = (name: string) => rescaling({ name, ...settings });
    return this.addElementwise(node, x, { make, rescaling: settings });
  }

  /** The convolution or dense layer that gives x, if what comes behind may change its numbers. */
  linearOf(x: Computed): Linear | undefined {
    return x.isSole ? this.steps.get(x.step)?.linear : undefined;
  }

  #alias(x: Computed, tensor: string): Computed {
    return { ...x, isSole: x.isSole && (this.#uses.get(tensor) ?? 0) <= 1 };
  }

  /** With its axes in that order in the model. */
  #turned(node: ImportNode, x: Computed, axes: readonly number[]): Computed {
    if (axes.every((axis, i) => axis === x.axes[i])) return x;
    const dims = axes.map((_, place) => x.axes[axes.indexOf(place)]! + 1);
    return this.#once(`${x.step} ${dims.join(' ')}`, () =>
      this.add(node, [x], { make: name => permute({ name, dims }) }, x.shape, axes),
    );
  }

  #once(key: string, make: () => Computed): Computed {
    const made = this.#settled.get(key) ?? make();
    this.#settled.set(key, made);
    return made;
  }
}

/** A name for a layer: that of the node, without the op at its end, and without what may not be in a name. */
function nameOf({ name, op }: ImportNode): string {
  const parts = name.split('/');
  if (parts.length > 1 && parts.at(-1)!.startsWith(op)) parts.pop();
  const clean = parts
    .join('_')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return clean === '' ? op.toLowerCase() : clean;
}
