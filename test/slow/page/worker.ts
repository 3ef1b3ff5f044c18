import { run } from './run.ts';

postMessage(await run());
