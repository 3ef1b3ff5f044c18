/** The one place at which the protobuf package is imported, once an ONNX file is read or written. */
import { FormatError, InklingError } from '../../errors.ts';
import { type ModelProto, modelPlace, schema } from './schema.ts';

/** What is set of a message; all else has the default of the schema. */
export type Init<M> = M extends Uint8Array
  ? M
  : M extends readonly (infer E)[]
    ? readonly Init<E>[]
    : M extends object
      ? { readonly [F in keyof M as F extends '$typeName' | '$unknown' ? never : F]?: Init<M[F]> }
      : M;

export interface Protobuf {
  /** Throws FormatError for bytes that are no ModelProto. */
  read(bytes: Uint8Array, file: string): ModelProto;
  write(model: Init<ModelProto>): Uint8Array;
}

export async function loadProtobuf(): Promise<Protobuf> {
  // A bundler that does not find a package which may be missing goes on where the import itself has a catch.
  const [{ create, fromBinary, toBinary }, { fileDesc, messageDesc }] = await Promise.all([
    import('@bufbuild/protobuf').catch(missing),
    import('@bufbuild/protobuf/codegenv2').catch(missing),
  ]);
  const desc = messageDesc<ModelProto>(fileDesc(schema), modelPlace);
  return {
    read(bytes, file) {
      try {
        return fromBinary(desc, bytes);
      } catch (cause) {
        throw new FormatError(`${file}: this is no ONNX file, or it is damaged`, { cause });
      }
    },
    write: model => toBinary(desc, create(desc, model as Parameters<typeof create<typeof desc>>[1])),
  };
}

function missing(cause: unknown): never {
  throw new InklingError('ONNX files need the package @bufbuild/protobuf: npm install @bufbuild/protobuf', { cause });
}
