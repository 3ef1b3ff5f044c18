import os from 'node:os';
import t from 'tap';
import { availableCores, cpuQuota } from '../../lib/backend/cores.ts';

const quotaWith = (files: { readonly [path: string]: string }): number => cpuQuota(path => files[path]);

t.test('control groups of version 2: the own group and those above it', async t => {
  t.equal(quotaWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' }), 1.5);
  t.equal(quotaWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }), Infinity);
  t.equal(
    quotaWith({
      '/proc/self/cgroup': '0::/machine.slice/job.scope\n',
      '/sys/fs/cgroup/machine.slice/job.scope/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/machine.slice/cpu.max': '50000 25000\n',
    }),
    2,
    'the lesser of both',
  );
});

t.test('control groups of version 1, as some containers still have them', async t => {
  const list = '9:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n0::/docker/1f\n';
  t.equal(
    quotaWith({
      '/proc/self/cgroup': list,
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    }),
    3,
    "the path is the host's, and only its root is to be seen",
  );
  t.equal(
    quotaWith({
      '/proc/self/cgroup': list,
      '/sys/fs/cgroup/cpu/docker/1f/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/docker/1f/cpu.cfs_period_us': '100000\n',
    }),
    Infinity,
  );
});

t.test('where there are no control groups there is no quota', async t => {
  t.equal(quotaWith({}), Infinity);
  t.equal(quotaWith({ '/proc/self/cgroup': '2:cpuset:/\n1:cpu:/\n' }), Infinity);
});

t.test('at least one core, and no more than the system tells', async t => {
  t.ok(availableCores() >= 1);
  t.ok(availableCores() <= os.availableParallelism());
});
