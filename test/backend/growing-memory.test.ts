import { configure, dense, randomNormal, Sequential } from 'inkling';
import t from 'tap';

t.test('a model goes on where memory has grown for another one in between', async t => {
  // Memory that one thread has to itself takes another buffer when it grows; shared memory does not.
  configure({ threads: 1 });
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense(2));
  const inputs = randomNormal([4, 3], { seed: 1 });
  const before = await model.predict(inputs);
  const other = new Sequential({ inputShape: [1000], seed: 1 }).add(dense({ units: 2000, useBias: false }));
  await other.getWeights();
  t.same(await model.predict(inputs), before);
});
