import type { Callback, Logs, TrainingRun } from './callback.ts';

/** Where progress is written: `process.stdout` is one. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the line shows while an epoch runs. Times in milliseconds. */
const redrawEvery = 80;
const plainLineEvery = 10_000;
const barWidth = 20;

/**
 * Shows the epochs of a run: in a terminal one line that is redrawn, with loss, metrics, images/s and time left, and
 * elsewhere plain lines, one every ten seconds and one at the end of each epoch.
 */
export class ProgressBar implements Callback {
  readonly #output: ProgressOutput;
  /** `epoch`: only the line at the end of each epoch. */
  readonly #detail: 'batch' | 'epoch';
  #start = 0;
  #trained = 0;
  #trainedAt = 0;
  #shown = 0;

  constructor(options: { output?: ProgressOutput; detail?: 'batch' | 'epoch' } = {}) {
    this.#output = options.output ?? defaultOutput();
    this.#detail = options.detail ?? 'batch';
  }

  onEpochBegin(): void {
    this.#start = performance.now();
    this.#shown = this.#start;
    this.#trained = 0;
  }

  onTrainBatchEnd(batch: number, logs: Logs, run: TrainingRun): void {
    this.#trained = Math.min((batch + 1) * run.batchSize, run.examples ?? Number.POSITIVE_INFINITY);
    this.#trainedAt = performance.now();
    if (this.#detail === 'epoch') return;
    const terminal = this.#output.isTTY === true;
    if (this.#trainedAt - this.#shown < (terminal ? redrawEvery : plainLineEvery)) return;
    this.#shown = this.#trainedAt;
    const line = `${formatLogs(logs)}  ${this.#rate()}`;
    const { stepsPerEpoch, examples } = run;
    if (stepsPerEpoch === undefined || examples === undefined) {
      this.#write(`  ${batch + 1}  ${line}`, terminal);
      return;
    }
    const done = batch + 1;
    const position = `${String(done).padStart(String(stepsPerEpoch).length)}/${stepsPerEpoch}`;
    const bar = terminal ? `${drawBar(done / stepsPerEpoch)} ` : '';
    this.#write(`  ${bar}${position}  ${line}  ${formatTime(this.#timeLeft(examples))} left`, terminal);
  }

  onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): void {
    const seconds = formatTime((performance.now() - this.#start) / 1000);
    const terminal = this.#output.isTTY === true && this.#detail === 'batch';
    if (terminal) this.#output.write('\r\x1b[K');
    this.#write(`epoch ${epoch + 1}/${run.epochs}  ${seconds}  ${formatLogs(logs)}  ${this.#rate()}`, false);
  }

  #write(line: string, redraw: boolean): void {
    if (redraw) this.#output.write(`\r\x1b[K${line.slice(0, (this.#output.columns ?? 120) - 1)}`);
    else this.#output.write(`${line}\n`);
  }

  #rate(): string {
    const seconds = (this.#trainedAt - this.#start) / 1000;
    return `${formatRate(this.#trained / Math.max(seconds, 1e-3))} images/s`;
  }

  /** Seconds left in the epoch. */
  #timeLeft(examples: number): number {
    const perImage = (this.#trainedAt - this.#start) / 1000 / Math.max(this.#trained, 1);
    return perImage * (examples - this.#trained);
  }
}

function drawBar(share: number): string {
  const done = Math.round(share * barWidth);
  return `[${'='.repeat(done)}${' '.repeat(barWidth - done)}]`;
}

/** `loss 0.1234  accuracy 0.9876`. */
function formatLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join('  ');
}

function formatRate(rate: number): string {
  return rate >= 100 ? Math.round(rate).toString() : rate.toPrecision(2);
}

function formatTime(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The terminal in Node, the console elsewhere. */
function defaultOutput(): ProgressOutput {
  const { process } = globalThis as { readonly process?: { readonly stdout?: ProgressOutput } };
  return process?.stdout ?? { write: text => console.log(text.replace(/\n$/, '')) };
}
