/** How many cores this process may use, as far as the system tells. */
import { nodeModule } from './host.ts';

/** Reads a small text file; undefined if there is none. */
export type ReadText = (path: string) => string | undefined;

let cores: number | undefined;

/** The cores that this process may use, a container's quota included; asked once. At least 1. */
export function availableCores(): number {
  cores ??= Math.max(1, Math.min(systemCores(), Math.floor(cpuQuota(readText))));
  return cores;
}

function systemCores(): number {
  const os = nodeModule('node:os');
  // Browsers that hide the number tell none.
  return os === undefined ? (globalThis.navigator?.hardwareConcurrency ?? 1) : os.availableParallelism();
}

function readText(path: string): string | undefined {
  try {
    return nodeModule('node:fs')?.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Cores' worth of time that Linux's control groups (version 1 and 2) grant this process; Infinity if there is no limit.
 * Node's own count has it from version 24 on only. A limit of any parent group holds as well.
 */
export function cpuQuota(read: ReadText): number {
  const quotas = (read('/proc/self/cgroup') ?? '').split('\n').flatMap(line => {
    const [, controllers = '', path = '/'] = line.match(/^\d+:([^:]*):(.*)$/) ?? [];
    const groups = withParents(path);
    if (line.startsWith('0::')) return groups.map(group => quotaOf(read(`/sys/fs/cgroup${group}cpu.max`)));
    if (!controllers.split(',').includes('cpu')) return [];
    return groups.map(group => {
      const folder = `/sys/fs/cgroup/cpu${group}`;
      return quotaOf(`${read(`${folder}cpu.cfs_quota_us`)} ${read(`${folder}cpu.cfs_period_us`)}`);
    });
  });
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
}

/** `/a/b` gives `/a/b/`, `/a/` and `/`. In a container the path may be the host's, of which only `/` is there. */
function withParents(path: string): string[] {
  const names = path.split('/').filter(name => name !== '');
  return Array.from({ length: names.length + 1 }, (_, i) => ['', ...names.slice(0, names.length - i), ''].join('/'));
}

/** Of `quota period` in microseconds; "max" or -1 stand for no limit. */
function quotaOf(text: string | undefined): number {
  const [quota = Number.NaN, period = Number.NaN] = (text ?? '').trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}
