/**
 * Class and whole message of the error that an action throws or rejects with. tap's own `throws` and `rejects` are
 * content with a part of it.
 */
export function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

/** The same for a promise. */
export function rejectionOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'no error', String);
}
