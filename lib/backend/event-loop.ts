/** Milliseconds that runs may hold the event loop before others get their turn. */
const holdAtMost = 12;

let since = performance.now();

/** Whether timers, input and output have waited long enough: callers then await `nextTask`. */
export const isDue = (): boolean => performance.now() - since > holdAtMost;

/** Resolves in a later task of the event loop; browsers delay nested timeouts, but not messages. */
export async function nextTask(): Promise<void> {
  await new Promise<void>(resolve => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  since = performance.now();
}
