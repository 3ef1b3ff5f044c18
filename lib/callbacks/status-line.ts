/** Where progress is written: `process.stdout` is one. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** To the first column, and the line erased. */
const eraseLine = '\r\x1b[K';
/** Of a terminal that does not say how wide it is. */
const usualColumns = 80;

/**
 * One line at the bottom of a terminal that is drawn again and again. What the program writes while it is there goes
 * above it: the line is erased before and drawn again behind, as soon as what was written has ended its own line.
 */
export class StatusLine {
  readonly #output: ProgressOutput;
  readonly #hooks: Hook[];
  #text = '';
  #isShown = false;
  /** Whether the program has written a part of a line, which is its own until it ends. */
  #isForeign = false;

  /** `others` are written to the same terminal: stderr beside stdout. */
  constructor(output: ProgressOutput, others: readonly ProgressOutput[]) {
    this.#output = output;
    this.#hooks = [output, ...others].map(stream => new Hook(stream, write => this.#written(write)));
  }

  /** Draws the first of these texts that is not too long, or a part of the last one. */
  draw(texts: readonly string[]): void {
    const longest = (this.#output.columns ?? usualColumns) - 1;
    const fitting = texts.find(text => text.length <= longest) ?? texts.at(-1) ?? '';
    this.#text = fitting.slice(0, longest);
    this.#show();
  }

  /** Writes whole lines where the status line was, which is gone until it is drawn again. */
  print(lines: string): void {
    this.#clear();
    this.#text = '';
    this.#write(`${this.#isForeign ? '\n' : ''}${lines}\n`);
    this.#isForeign = false;
  }

  /** Leaves the line as it is and lets the program write again as usual, from the next line on. */
  end(): void {
    if (this.#isShown) this.#write('\n');
    this.#isShown = false;
    this.#text = '';
    for (const hook of this.#hooks) hook.remove();
  }

  #written(write: () => string | Uint8Array): void {
    this.#clear();
    const text = write();
    const last = text.at(-1);
    if (last !== undefined) this.#isForeign = last !== '\n' && last !== newline;
    this.#show();
  }

  #show(): void {
    if (this.#isForeign || this.#text === '') return;
    this.#write(`${eraseLine}${this.#text}`);
    this.#isShown = true;
  }

  #clear(): void {
    if (this.#isShown) this.#write(eraseLine);
    this.#isShown = false;
  }

  /** Past the hook. */
  #write(text: string): void {
    this.#hooks[0]!.write(text);
  }
}

const newline = '\n'.charCodeAt(0);

/** Stands before `write` of a stream until it is removed. */
class Hook {
  readonly #stream: ProgressOutput;
  readonly #original: ProgressOutput['write'];
  /** Of the stream itself, not of its class. */
  readonly #before: PropertyDescriptor | undefined;
  readonly #hooked: ProgressOutput['write'];
  #isRemoved = false;

  /** Calls `around` for every write, with what does the write and tells its text. */
  constructor(stream: ProgressOutput, around: (write: () => string | Uint8Array) => void) {
    this.#stream = stream;
    this.#original = stream.write;
    this.#before = Object.getOwnPropertyDescriptor(stream, 'write');
    // Streams take an encoding and a callback as well, and tell whether their buffer is full.
    this.#hooked = (...given: [string, ...unknown[]]) => {
      let result: unknown;
      const write = () => {
        result = Reflect.apply(this.#original, stream, given);
        return given[0];
      };
      if (this.#isRemoved) write();
      else around(write);
      return result;
    };
    Reflect.defineProperty(stream, 'write', { value: this.#hooked, configurable: true, writable: true });
  }

  write(text: string): void {
    this.#original.call(this.#stream, text);
  }

  /** If another hook has come on top since, this one stays under it and passes everything on. */
  remove(): void {
    this.#isRemoved = true;
    if (this.#stream.write !== this.#hooked) return;
    if (this.#before === undefined) Reflect.deleteProperty(this.#stream, 'write');
    else Reflect.defineProperty(this.#stream, 'write', this.#before);
  }
}
