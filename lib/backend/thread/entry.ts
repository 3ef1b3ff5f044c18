/** Where a thread begins: the last lines of its text. */

import type { ThreadMessage, ThreadReply } from './messages.ts';
import { PoolThread } from './thread.ts';

/** What is used of the way to the calling thread, in Node and in browsers. */
interface Port {
  postMessage(reply: ThreadReply): void;
  onmessage: ((event: { readonly data: ThreadMessage }) => void) | null;
}

interface Surroundings {
  readonly process?: { getBuiltinModule?(name: 'node:worker_threads'): { readonly parentPort: Port } };
  readonly self?: Port;
}

const { process, self }: Surroundings = globalThis as object;
const port = process?.getBuiltinModule?.('node:worker_threads').parentPort ?? self!;
const thread = new PoolThread(reply => port.postMessage(reply));
port.onmessage = ({ data }) => thread.handle(data);
