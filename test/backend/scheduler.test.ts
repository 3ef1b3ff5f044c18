import t from 'tap';
import { type Priority, Scheduler } from '../../lib/backend/scheduler.ts';
import { rejectionOf } from '../error-of.ts';

/** Asks for turns in one go, and tells in which order they are taken. */
async function orderOf(turns: readonly (readonly [name: string, owner: object, priority: Priority])[]) {
  const scheduler = new Scheduler();
  const order: string[] = [];
  await Promise.all(
    turns.map(([name, owner, priority]) => scheduler.schedule(async () => void order.push(name), { owner, priority })),
  );
  return order.join(' ');
}

const [a, b, c] = [{}, {}, {}];

t.test('turns follow each other, and never overlap', async t => {
  const scheduler = new Scheduler();
  let running = 0;
  const turn = async () => {
    t.equal(++running, 1);
    await new Promise(resolve => setTimeout(resolve, 1));
    running--;
  };
  await Promise.all([1, 2, 3].map(() => scheduler.schedule(turn, { owner: {}, priority: 'background' })));
});

t.test('predictions overtake the training of others, not what their own model was asked before', async t => {
  t.equal(
    await orderOf([
      ['train a', a, 'background'],
      ['train b', b, 'background'],
      ['predict b', b, 'interactive'],
      ['predict c', c, 'interactive'],
    ]),
    'predict c train a train b predict b',
  );
});

t.test('predictions do not stop training for good', async t => {
  const predictions = Array.from({ length: 40 }, (_, i) => [`${i}`, c, 'interactive'] as const);
  const order = (await orderOf([['train', a, 'background'], ...predictions])).split(' ');
  t.equal(order.indexOf('train'), 16);
});

t.test('a turn that fails rejects, and the others go on', async t => {
  const scheduler = new Scheduler();
  const options = { owner: {}, priority: 'background' } as const;
  const fails = scheduler.schedule(() => Promise.reject(new Error('no')), options);
  const goesOn = scheduler.schedule(async () => 'yes', options);
  t.equal(await rejectionOf(fails), 'Error: no');
  t.equal(await goesOn, 'yes');
});

t.test('a turn that waits is given up when its signal is aborted; one that has begun is not', async t => {
  const scheduler = new Scheduler();
  const controller = new AbortController();
  const options = { owner: {}, priority: 'background', signal: controller.signal } as const;
  let isTaken = false;
  const first = scheduler.schedule(async () => {
    controller.abort(new Error('enough'));
    return 'whole';
  }, options);
  const second = scheduler.schedule(async () => {
    isTaken = true;
  }, options);
  t.equal(await first, 'whole');
  t.equal(await rejectionOf(second), 'Error: enough');
  t.equal(isTaken, false);
  t.equal(await rejectionOf(scheduler.schedule(async () => 1, options)), 'Error: enough', 'nor is it begun afterwards');
  t.equal(await scheduler.schedule(async () => 'next', { owner: {}, priority: 'background' }), 'next');
});
