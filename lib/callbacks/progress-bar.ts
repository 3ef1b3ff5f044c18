import type { Callback, Logs, TrainingRun } from './callback.ts';
import { type ProgressOutput, StatusLine } from './status-line.ts';

export type { ProgressOutput } from './status-line.ts';

/** What the line shows while an epoch runs. Times in milliseconds. */
const redrawEvery = 80;
const plainLineEvery = 10_000;
const barWidth = 20;

/**
 * Shows the epochs of a run: in a terminal one line that is redrawn and as long as there is room, with loss, metrics, speed
 * and time left; elsewhere (pipes, logs of CI, consoles of browsers and notebooks) plain lines, one every ten seconds and
 * one at the end of each epoch. There are no colors. What the program writes to the same
 * terminal meanwhile stands above the line.
 */
export class ProgressBar implements Callback {
  readonly #output: ProgressOutput;
  readonly #others: readonly ProgressOutput[];
  /** `epoch`: only the line at the end of each epoch. */
  readonly #detail: 'batch' | 'epoch';
  #line: StatusLine | undefined;
  #epoch = 0;
  #logs: Logs | undefined;
  #start = 0;
  #trained = 0;
  /** More than 0 where a training goes on in the middle of an epoch. */
  #firstBatch: number | undefined;
  #trainedAt = 0;
  #shown = 0;

  constructor(options: { output?: ProgressOutput; detail?: 'batch' | 'epoch' } = {}) {
    const standard = standardOutput();
    this.#output = options.output ?? standard.output;
    this.#others = options.output === undefined ? standard.others : [];
    this.#detail = options.detail ?? 'batch';
  }

  onTrainBegin(): void {
    this.#endLine();
    if (this.#output.isTTY === true && this.#detail === 'batch') {
      this.#line = new StatusLine(this.#output, this.#others);
    }
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#start = performance.now();
    this.#trainedAt = this.#start;
    this.#shown = this.#start;
    this.#trained = 0;
    this.#firstBatch = undefined;
    this.#logs = undefined;
  }

  onTrainBatchEnd(batch: number, logs: Logs, run: TrainingRun): void {
    this.#firstBatch ??= run.resumed ? batch : 0;
    const { batchSize, stepsPerEpoch, examples = Number.POSITIVE_INFINITY } = run;
    this.#trained = Math.min((batch + 1) * batchSize, examples) - this.#firstBatch * batchSize;
    this.#trainedAt = performance.now();
    this.#logs = logs;
    if (this.#detail === 'epoch') return;
    if (this.#trainedAt - this.#shown < (this.#line === undefined ? plainLineEvery : redrawEvery)) return;
    this.#shown = this.#trainedAt;
    const done = batch + 1;
    const name = epochName(this.#epoch, run);
    const known = stepsPerEpoch !== undefined;
    const count = known ? `${String(done).padStart(String(stepsPerEpoch).length)}/${stepsPerEpoch}` : String(done);
    const left = known ? [`${formatTime(this.#secondsLeft(examples - (batch + 1) * batchSize))} left`] : [];
    const parts = [name, count, formatLogs(logs), this.#rate(run), ...left];
    if (this.#line === undefined) {
      this.#output.write(`${parts.join('  ')}\n`);
      return;
    }
    const [, ...behind] = parts;
    const withBar = known ? [[`${name} ${drawBar(done / stepsPerEpoch)}`, ...behind]] : [];
    // In a narrow terminal the logs are what matters.
    const forms = [...withBar, parts, [name, count, formatLogs(logs), ...left], [name, count, formatLogs(logs)]];
    this.#line.draw(forms.map(form => form.join('  ')));
  }

  onTestBegin(run: TrainingRun): void {
    if (this.#logs === undefined) return;
    const parts = [epochName(this.#epoch, run), 'validation', formatLogs(this.#logs)];
    this.#line?.draw([[...parts, this.#rate(run)].join('  '), parts.join('  ')]);
  }

  onEpochEnd(epoch: number, logs: Logs, run: TrainingRun): void {
    // An epoch that was stopped before its first batch has nothing to show.
    if (this.#trained === 0) return;
    const seconds = formatTime((performance.now() - this.#start) / 1000);
    const text = [epochName(epoch, run), seconds, formatLogs(logs), this.#rate(run)].join('  ');
    if (this.#line === undefined) this.#output.write(`${text}\n`);
    else this.#line.print(text);
  }

  onTrainEnd(): void {
    this.#endLine();
  }

  /** The line that was drawn last stays, and what tells of the error begins on the next one. */
  onTrainError(): void {
    this.#endLine();
  }

  #endLine(): void {
    this.#line?.end();
    this.#line = undefined;
  }

  #rate(run: TrainingRun): string {
    const seconds = (this.#trainedAt - this.#start) / 1000;
    // Images are [height, width, channels].
    const unit = run.model.inputShape.length === 3 ? 'images' : 'examples';
    return `${formatRate(this.#trained / Math.max(seconds, 1e-3))} ${unit}/s`;
  }

  /** For so many examples more. */
  #secondsLeft(examples: number): number {
    const perExample = (this.#trainedAt - this.#start) / 1000 / this.#trained;
    return perExample * Math.max(examples, 0);
  }
}

/** `epoch 3/10` */
const epochName = (epoch: number, { epochs }: TrainingRun): string =>
  `epoch ${String(epoch + 1).padStart(String(epochs).length)}/${epochs}`;

function drawBar(share: number): string {
  const done = Math.round(share * barWidth);
  return `[${'='.repeat(done)}${' '.repeat(barWidth - done)}]`;
}

/** `loss 0.1234  accuracy 0.9876`; what four decimals do not show has an exponent, as in Keras. */
function formatLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(
      ([name, value]) => `${name} ${value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(4) : value.toFixed(4)}`,
    )
    .join('  ');
}

function formatRate(rate: number): string {
  return rate >= 100 ? Math.round(rate).toString() : rate.toPrecision(2);
}

function formatTime(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 90) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 90 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What is used of a process that has standard output. */
interface WithOutput {
  readonly stdout?: ProgressOutput;
  readonly stderr?: ProgressOutput;
  readonly env?: { readonly [name: string]: string | undefined };
}

/**
 * The terminal in Node, with what else is written to it; the console elsewhere. What keeps a log of a terminal, as
 * services do that build software, and terminals that cannot redraw a line get plain lines.
 */
export function standardOutput(
  process: WithOutput | undefined = (globalThis as { readonly process?: WithOutput }).process,
): { output: ProgressOutput; others: readonly ProgressOutput[] } {
  const { stdout, stderr, env = {} } = process ?? {};
  if (stdout === undefined) return { output: { write: text => console.log(text.replace(/\n$/, '')) }, others: [] };
  const isLog = (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
  if (isLog || env['TERM'] === 'dumb') return { output: { write: text => stdout.write(text) }, others: [] };
  return { output: stdout, others: stderr?.isTTY === true ? [stderr] : [] };
}
