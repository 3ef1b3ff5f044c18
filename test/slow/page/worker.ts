import { run } from './run.ts';

run().then(result => postMessage(result));
