/** What the first bytes of a file say of its format. */

const startsWith = (bytes: Uint8Array, signature: readonly number[]): boolean =>
  signature.every((byte, i) => bytes[i] === byte);

/** PKWARE's APPNOTE.TXT 4.3.7: "PK" and 3, 4. An archive without entries, "PK" and 5, 6, is no model. */
export const isZip = (bytes: Uint8Array): boolean => startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);

const sniffedBytes = 1024;
const nameInZip = 30;
/** What torch.save writes: a zip archive whose first file is the pickle `data.pkl` in a folder. */
export const isTorchArchive = (bytes: Uint8Array): boolean =>
  isZip(bytes) && /^[^/]*\/data\.pkl/.test(new TextDecoder('latin1').decode(bytes.subarray(nameInZip, sniffedBytes)));

/** HDF5 File Format Specification 3.0, II.A. */
export const isHdf5 = (bytes: Uint8Array): boolean =>
  startsWith(bytes, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A length of eight bytes, of which the last ones are zero, and JSON. */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;

/** The tags that may follow in a ModelProto of ONNX: strings, messages and numbers of the fields up to 14. */
const onnxTags = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72];

/** The version of the file format, which is field 1, and another field; writers keep the order of their numbers. */
export const isOnnx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x08 && bytes[1]! >= 1 && bytes[1]! < 0x20 && onnxTags.includes(bytes[2]!);

const textAtStart = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(0, sniffedBytes)).trimStart();

export const isJson = (bytes: Uint8Array): boolean => textAtStart(bytes).startsWith('{');

/** Content that is often taken for a model, and what to do then: a sentence for a message. */
export function adviceFor(bytes: Uint8Array): string | undefined {
  const text = textAtStart(bytes);
  if (bytes.length === 0) return 'it is empty';
  if (text.startsWith('<')) return 'it is a web page; check the address, or whether the server has the file';
  if (text.startsWith('version https://git-lfs')) {
    return 'it is a pointer of Git LFS in place of the file; fetch the file by "git lfs pull"';
  }
  // Pickle: a protocol of two or more, as torch.save wrote before it wrote zip archives.
  if ((bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) || isTorchArchive(bytes)) {
    return 'it is a Python pickle, which is code and is never run here; save the weights as safetensors in Python, and load them by loadStateDict';
  }
  if (startsWith(bytes, [0x1f, 0x8b])) return 'it is compressed by gzip; unpack it first';
  return undefined;
}
