/** The nodes and initializers of an ONNX graph while it is made. */
import type { Init } from './protobuf.ts';
import type { AttributeProto, NodeProto, TensorProto } from './schema.ts';

/** The element types of tensors, as TensorProto.DataType numbers them. */
export const elementType = { float: 1, int64: 7, int32: 6, bool: 9 } as const;

/** The types of attributes, as AttributeProto.AttributeType numbers them. */
export const attributeType = { float: 1, int: 2, text: 3, tensor: 4, floats: 6, ints: 7 } as const;

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

export type Attributes = { readonly [name: string]: Attribute };

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Attributes;
}

export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, Init<TensorProto>>();
  readonly #names: Set<string>;

  /** `taken` are names that nothing may have: those of input and output. */
  constructor(taken: readonly string[]) {
    this.#names = new Set(taken);
  }

  /** Adds a node and gives the name of its output. An empty name is an input that is left out. */
  node(op: string, label: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#unique(`${label}/${op}`);
    this.nodes.push({ op, name, inputs: [...inputs], outputs: [name], attributes });
    return name;
  }

  /** The node that gives that output. */
  producer(output: string): OnnxNode | undefined {
    return this.nodes.findLast(({ outputs }) => outputs.includes(output));
  }

  /** An initializer of that name, the same each time it is asked for. */
  floats(name: string, shape: readonly number[], data: () => Float32Array): string {
    if (!this.#initializers.has(name)) {
      this.#names.add(name);
      const values = data();
      // Files are little-endian, as are all machines that run JavaScript.
      const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      this.#initializers.set(name, { name, dims: shape.map(BigInt), dataType: elementType.float, rawData });
    }
    return name;
  }

  /** A single number, which is broadcast. */
  number(value: number): string {
    return this.floats(`number ${Math.fround(value)}`, [], () => Float32Array.of(value));
  }

  /** A list of integers. */
  integers(values: readonly number[]): string {
    const name = `integers ${values.join(' ')}`;
    if (!this.#initializers.has(name)) {
      this.#names.add(name);
      const rawData = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
      this.#initializers.set(name, { name, dims: [BigInt(values.length)], dataType: elementType.int64, rawData });
    }
    return name;
  }

  get initializers(): readonly Init<TensorProto>[] {
    return [...this.#initializers.values()];
  }

  /** The nodes as the file holds them. */
  protos(): Init<NodeProto>[] {
    return this.nodes.map(({ op, name, inputs, outputs, attributes }) => ({
      opType: op,
      name,
      input: inputs,
      output: outputs,
      attribute: Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeProto(value) })),
    }));
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.#names.has(name); count++) name = `${wanted}_${count}`;
    this.#names.add(name);
    return name;
  }
}

function attributeProto(attribute: Attribute): Init<AttributeProto> {
  if ('int' in attribute) return { type: attributeType.int, i: BigInt(attribute.int) };
  if ('float' in attribute) return { type: attributeType.float, f: attribute.float };
  if ('ints' in attribute) return { type: attributeType.ints, ints: attribute.ints.map(BigInt) };
  return { type: attributeType.text, s: new TextEncoder().encode(attribute.text) };
}
