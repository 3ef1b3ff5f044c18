import type { ProgressOutput } from '../../lib/index.ts';

const eraseToEnd = '\x1b[K';

/** A terminal that knows what progress lines use: it shows what a person would see. */
export class FakeTerminal implements ProgressOutput {
  readonly isTTY = true;
  readonly columns: number;
  /** The lines on the screen; the last is the one with the cursor. */
  readonly screen: string[] = [''];
  #column = 0;

  constructor(columns = 100) {
    this.columns = columns;
  }

  write(text: string | Uint8Array): boolean {
    const characters = typeof text === 'string' ? text : new TextDecoder().decode(text);
    for (const [i, part] of characters.split(eraseToEnd).entries()) {
      if (i > 0) this.screen[this.screen.length - 1] = this.screen.at(-1)!.slice(0, this.#column);
      for (const character of part) this.#put(character);
    }
    return true;
  }

  #put(character: string): void {
    if (character === '\n') this.screen.push('');
    if (character === '\n' || character === '\r') {
      this.#column = 0;
      return;
    }
    const line = this.screen.at(-1)!;
    this.screen[this.screen.length - 1] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
    if (this.#column > this.columns) throw new Error(`a line of more than ${this.columns} columns: ${line}`);
  }
}
