/** A node of an ONNX graph that is read, with what it takes. */
import { FormatError } from '../../errors.ts';
import type { Shape } from '../../shape/shape.ts';
import { type Known, knownTensor } from './known-tensors.ts';
import { attributeType } from './onnx-graph.ts';
import type { AttributeProto, NodeProto } from './schema.ts';

/** The output of a layer. */
export interface Computed {
  readonly kind: 'computed';
  /** The step that gives it; `input` for what the model is given. */
  readonly step: string;
  /** As the ONNX graph has it, without the batch axis. */
  readonly shape: Shape;
  /** For each of these axes the one that it is in the model. */
  readonly axes: readonly number[];
  /** Whether nothing else takes the output of the step. */
  readonly isSole: boolean;
  /**
   * Set where all axes are joined into one: those that were there before, in whose order of the model, not of the graph,
   * the elements are.
   */
  readonly joined?: { readonly shape: Shape; readonly axes: readonly number[] };
}

/** Images with more pixels around them: part of the convolution or the pooling behind it, or else a layer. */
export interface Padded {
  readonly kind: 'padded';
  readonly of: Computed;
  /** The node that asks for them. */
  readonly node: ImportNode;
  /** [top, left, bottom, right]. */
  readonly pads: readonly number[];
  /** What these pixels are: zeros, or those at the edge. */
  readonly mode: 'constant' | 'edge';
}

/** `factor` times the share of a standard normal distribution that lies below x: on the way to gelu. */
export interface NormalShare {
  readonly kind: 'share';
  readonly step: string;
  readonly factor: number;
  /** Whether it is still the error function alone, without the 1 that is added to it. */
  readonly isErf: boolean;
}

export type Imported = Known | Computed | Padded | NormalShare;

export class ImportNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly (Imported | undefined)[];
  readonly inputNames: readonly string[];
  /** The version of the operator set. */
  readonly opset: number;
  /** The value of a batch axis whose size is given in the file; undefined where any is allowed. */
  readonly batch: number | undefined;
  readonly #title: string;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(proto: NodeProto, given: Pick<ImportNode, 'inputs' | 'opset' | 'batch'> & { readonly file: string }) {
    this.op = proto.opType;
    this.name = proto.name || proto.output[0] || proto.opType;
    this.inputNames = proto.input;
    this.inputs = given.inputs;
    this.opset = given.opset;
    this.batch = given.batch;
    this.#title = `${given.file}: node "${this.name}" (${proto.domain === '' ? '' : `${proto.domain}.`}${this.op})`;
    this.#attributes = new Map(proto.attribute.map(attribute => [attribute.name, attribute]));
  }

  fail(what: string): FormatError {
    return new FormatError(`${this.#title} ${what}`);
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#typed(name, attributeType.int);
    return attribute === undefined ? otherwise : Number(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.#typed(name, attributeType.float)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#typed(name, attributeType.text);
    return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s);
  }

  ints(name: string): number[] | undefined {
    return this.#typed(name, attributeType.ints)?.ints.map(Number);
  }

  floats(name: string): readonly number[] | undefined {
    return this.#typed(name, attributeType.floats)?.floats;
  }

  tensor(name: string): Known | undefined {
    const tensor = this.#typed(name, attributeType.tensor)?.t;
    return tensor && knownTensor(tensor, what => this.fail(`has a tensor "${name}" that ${what}`));
  }

  /** Numbers that the file holds. */
  known(index: number): Known {
    const input = this.inputs[index];
    if (input?.kind === 'known') return input;
    if (input === undefined) throw this.fail(`needs its input ${index}`);
    throw this.fail(`needs numbers that the file holds as input ${index}, got the output of a layer`);
  }

  optionalKnown(index: number): Known | undefined {
    return this.inputs[index] === undefined ? undefined : this.known(index);
  }

  /** Floating-point numbers that the file holds, of that shape. */
  floatsOf(index: number, shape: Shape): Float32Array {
    const { data, shape: own } = this.known(index);
    if (own.length === shape.length && own.every((size, axis) => size === shape[axis])) return Float32Array.from(data);
    throw this.fail(`has input ${index} of the shape [${own.join(', ')}], expected [${shape.join(', ')}]`);
  }

  /** Integers that the file holds, or an attribute, as they were in older operator sets. */
  integers(index: number, attribute: string): readonly number[] | undefined {
    const input = this.optionalKnown(index);
    if (input === undefined) return this.ints(attribute);
    if (!input.isInteger) throw this.fail(`needs integers as input ${index}`);
    return Array.from(input.data);
  }

  #typed(name: string, type: number): AttributeProto | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined || attribute.type === type) return attribute;
    throw this.fail(`has an attribute "${name}" of another type than it should be`);
  }
}
