/** Milliseconds that a run may hold the event loop before others get their turn. */
const holdAtMost = 12;

/** Gives timers, input and output a turn, at most every few milliseconds, so that a training run does not freeze its process or page. */
export class EventLoop {
  #since = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.#since < holdAtMost) return;
    await nextTask();
    this.#since = performance.now();
  }
}

/** Resolves in a later task of the event loop; browsers delay nested timeouts, but not messages. */
function nextTask(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise(resolve => setImmediate(resolve));
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
