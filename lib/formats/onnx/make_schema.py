"""Writes schema.ts, the messages of ONNX that Inkling reads and writes, from the schema that the `onnx` package brings.

Subgraphs, functions, training information, and sequences are left out: no operation that Inkling has needs them, and
without them no message holds another of its own type, so that no file can nest them without end.

    python lib/formats/onnx/make_schema.py
"""
import base64
import pathlib
import textwrap

from google.protobuf import descriptor_pb2
from onnx import onnx_ml_pb2

KEPT = [
    "AttributeProto", "ValueInfoProto", "NodeProto", "ModelProto", "StringStringEntryProto", "GraphProto",
    "TensorProto", "TensorShapeProto", "TypeProto", "OperatorSetIdProto",
]
NESTED = {"TensorProto": [], "TensorShapeProto": ["Dimension"], "TypeProto": ["Tensor"]}
# Of the fields that hold messages, those that lead to a message which is kept.
LEFT_OUT = {
    "AttributeProto": ["g", "graphs", "sparse_tensor", "sparse_tensors", "tp", "type_protos", "tensors"],
    "ModelProto": ["training_info", "functions", "configuration"],
    "GraphProto": ["sparse_initializer", "quantization_annotation", "metadata_props"],
    "NodeProto": ["device_configurations", "metadata_props"],
    "TensorProto": ["segment", "metadata_props"],
    "TypeProto": ["sequence_type", "map_type", "optional_type", "sparse_tensor_type", "opaque_type"],
    "ValueInfoProto": ["metadata_props"],
}
Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    Field.TYPE_STRING: "string", Field.TYPE_BYTES: "Uint8Array", Field.TYPE_INT64: "bigint", Field.TYPE_UINT64: "bigint",
    Field.TYPE_INT32: "number", Field.TYPE_FLOAT: "number", Field.TYPE_DOUBLE: "number", Field.TYPE_ENUM: "number",
}


def prune(message):
    out = [field for field in message.field if field.name not in LEFT_OUT.get(message.name, [])]
    del message.field[:]
    message.field.extend(out)
    nested = [each for each in message.nested_type if each.name in NESTED.get(message.name, [])]
    del message.nested_type[:]
    message.nested_type.extend(nested)
    for each in nested:
        prune(each)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def type_name(full):
    """`.onnx.TypeProto.Tensor` -> TypeProtoTensor."""
    return full.removeprefix(".onnx.").replace(".", "")


def base_type(field):
    return type_name(field.type_name) if field.type == Field.TYPE_MESSAGE else SCALARS[field.type]


def members(message):
    oneofs = {}
    for field in message.field:
        if field.HasField("oneof_index"):
            oneofs.setdefault(field.oneof_index, []).append(field)
            continue
        base = base_type(field)
        if field.label == Field.LABEL_REPEATED:
            yield f"{camel(field.name)}: {base}[];"
        elif field.type == Field.TYPE_MESSAGE:
            yield f"{camel(field.name)}?: {base};"
        else:
            yield f"{camel(field.name)}: {base};"
    for index, fields in oneofs.items():
        cases = [f"{{ case: '{camel(each.name)}'; value: {base_type(each)} }}" for each in fields]
        yield f"{camel(message.oneof_decl[index].name)}: {' | '.join([*cases, '{ case: undefined; value?: undefined }'])};"


def interfaces(message, prefix=""):
    name = prefix + message.name
    full = f"onnx.{prefix + '.' if prefix else ''}{message.name}"
    lines = "\n".join(f"  {member}" for member in members(message))
    yield f"export type {name} = Message<'{full}'> & {{\n{lines}\n}};"
    for nested in message.nested_type:
        yield from interfaces(nested, name)


def main():
    file = descriptor_pb2.FileDescriptorProto()
    onnx_ml_pb2.DESCRIPTOR.CopyToProto(file)
    kept = [message for message in file.message_type if message.name in KEPT]
    for message in kept:
        prune(message)
    del file.message_type[:]
    file.message_type.extend(kept)
    del file.enum_type[:]
    del file.service[:]
    used = {field.type_name for message in kept for field in message.field if field.type == Field.TYPE_ENUM}
    for message in kept:
        enums = [each for each in message.enum_type if f".onnx.{message.name}.{each.name}" in used]
        del message.enum_type[:]
        message.enum_type.extend(enums)
    file.ClearField("options")
    text = base64.b64encode(file.SerializeToString()).decode().rstrip("=")
    model = [message.name for message in kept].index("ModelProto")
    pieces = textwrap.wrap(text, 108)
    data = "\n".join(f"  '{piece}'," for piece in pieces)
    types = "\n\n".join(each for message in kept for each in interfaces(message))
    out = f"""// Made by `python lib/formats/onnx/make_schema.py`; what is changed here is lost.
import type {{ Message }} from '@bufbuild/protobuf';

/** The official schema of ONNX, as far as Inkling reads and writes it: a FileDescriptorProto in base64. */
export const schema = [
{data}
].join('');

/** The place of ModelProto among the messages of the schema. */
export const modelPlace = {model};

{types}
"""
    (pathlib.Path(__file__).parent / "schema.ts").write_text(out)


main()
