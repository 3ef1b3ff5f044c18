/** The values of schedules over drawn options: those of Keras 3 and PyTorch. */
import t from 'tap';
import { type ScheduleConfig, scheduleFromConfig } from '../../lib/index.ts';
import { schedules } from '../../lib/schedules/registry.ts';
import { readGolden } from './golden.ts';

const { madeBy, cases } = readGolden<{
  madeBy: string;
  cases: readonly (ScheduleConfig & { values: readonly number[] })[];
}>('schedules.json');

t.test(madeBy, async t => {
  t.same(new Set(cases.map(({ className }) => className)), new Set(Object.keys(schedules)), 'has every schedule');
  for (const { className, config, values } of cases) {
    const schedule = scheduleFromConfig({ className, config });
    const what = `${className} ${JSON.stringify(config)}`;
    const worst = Math.max(...values.map((value, step) => Math.abs(schedule(step) - value) / Math.abs(value || 1)));
    t.ok(worst < 1e-9, `${what}: ${worst} off`);
    const again = scheduleFromConfig({
      className: schedule.className,
      config: JSON.parse(JSON.stringify(schedule.config)),
    });
    t.strictSame(
      values.map((_, step) => again(step)),
      values.map((_, step) => schedule(step)),
      `${what}: made again`,
    );
  }
});
