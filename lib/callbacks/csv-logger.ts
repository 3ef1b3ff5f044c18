import { OptionError } from '../errors.ts';
import type { Callback, CallbackState, Logs, TrainingRun } from './callback.ts';
import { checkedOptions, flag, text } from './options.ts';
import { LogLines, type TextOutput } from './text-output.ts';

export interface CSVLoggerOptions {
  /** What stands between two columns; a comma if left out. */
  readonly separator?: string;
  /** Whether lines go behind those that are there; false if left out. A training that is resumed goes on behind the lines of its state. */
  readonly append?: boolean;
}

/**
 * Writes a line of comma-separated values for each epoch, counted from 0, with its logs by name, behind a line with the
 * names; `NA` for a log that an epoch does not have. Throws OptionError where the lines that are there have other columns.
 */
export class CSVLogger implements Callback {
  readonly #lines: LogLines;
  readonly #separator: string;
  #columns: readonly string[] | undefined;

  constructor(output: TextOutput | TextOutput['write'], options: CSVLoggerOptions = {}) {
    const what = 'CSVLogger';
    const given = checkedOptions<CSVLoggerOptions>(what, options, ['separator', 'append']);
    this.#lines = new LogLines(what, output, flag(what, 'append', given.append ?? false));
    this.#separator = text(what, 'separator', given.separator ?? ',');
  }

  async onTrainBegin({ resumed }: TrainingRun): Promise<void> {
    this.#columns = undefined;
    await this.#lines.begin(resumed);
  }

  async onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): Promise<void> {
    const isFirst = this.#columns === undefined;
    const columns = this.#columns ?? columnsOf(logs, run);
    this.#columns = columns;
    const head = this.#line(['epoch', ...columns]);
    const row = this.#line([epoch, ...columns.map(name => logs[name] ?? 'NA')]);
    await this.#lines.ready();
    const { first } = this.#lines;
    if (!isFirst || first === head.trimEnd()) {
      await this.#lines.write(row);
      return;
    }
    if (first !== undefined) {
      throw new OptionError(
        `CSVLogger: the lines that are there have the columns ${first}, this training has ${head.trimEnd()}; give another file, or append: false`,
      );
    }
    await this.#lines.write(head + row);
  }

  getState(): CallbackState {
    return { values: { lines: this.#lines.count } };
  }

  setState({ values }: CallbackState): void {
    this.#lines.count = (values as { readonly lines: number }).lines;
  }

  #line(cells: readonly (string | number)[]): string {
    return `${cells.map(cell => this.#cell(String(cell))).join(this.#separator)}\n`;
  }

  #cell(cell: string): string {
    return cell.includes(this.#separator) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}

/** In the order of the alphabet, as in Keras; those of validation also where the first epoch has none. */
function columnsOf(logs: Logs, { validationExamples }: TrainingRun): readonly string[] {
  const names = Object.keys(logs).sort();
  if (validationExamples === 0 || names.some(name => name.startsWith('val_'))) return names;
  return [...names, ...names.map(name => `val_${name}`)];
}
