import os from 'node:os';

/** Where and when something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Of every library. */
  readonly threads: number;
  readonly node: string;
  /** ISO 8601. */
  readonly date: string;
}

export function thisMachine(threads: number): Machine {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    threads,
    node: process.version,
    date: new Date().toISOString(),
  };
}

export const nodeMajor = ({ node }: Machine): number => Number.parseInt(node.replace('v', ''), 10);

/** `2026-11-21-node20-amd-epyc-9r14.json`. */
export function resultFileName(machine: Machine): string {
  const cpu = machine.cpu
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${machine.date.slice(0, 10)}-node${nodeMajor(machine)}-${cpu}.json`;
}
