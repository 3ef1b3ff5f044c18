/** Every error that Inkling throws on purpose. The message says what came, what was expected and what to do. */
export class InklingError extends Error {
  override readonly name: string = 'InklingError';
}
/** A shape that does not fit: a layer's input, a tensor operation, images or labels handed to a model. */
export class ShapeError extends InklingError {
  override readonly name = 'ShapeError';
}
/** An option with a value outside its range, or a name that does not exist. */
export class OptionError extends InklingError {
  override readonly name = 'OptionError';
}
/** Data that cannot be used: NaN in images, labels out of range, an empty dataset. */
export class DataError extends InklingError {
  override readonly name = 'DataError';
}
/** A file that is not what it should be: wrong magic number, truncated, or values out of range. */
export class FormatError extends InklingError {
  override readonly name = 'FormatError';
}
/** A file that cannot be read or written: it or its folder does not exist, the disk is full, or it is not allowed. */
export class FileError extends InklingError {
  override readonly name = 'FileError';
}
/** A call at the wrong time: a model that is not compiled, or that is training already. */
export class StateError extends InklingError {
  override readonly name = 'StateError';
}
/** A backend that cannot run here, or that failed while it ran. */
export class BackendError extends InklingError {
  override readonly name = 'BackendError';
}
