import type { PortEvent, SessionPort } from './port.ts';
import { Inbox } from './port.ts';

/** The simulated cluster, in a Worker of this page. It speaks the session's protocol in cloned values. */
export function workerPort(): SessionPort {
  const inbox = new Inbox();
  const worker = new Worker(new URL('../../labs/targets/page/worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<PortEvent>) => inbox.put(data));
  worker.addEventListener('error', (event) => {
    inbox.put({
      type: 'closed',
      message: event.message === '' ? 'The cluster’s Worker could not be loaded.' : event.message,
    });
  });
  return {
    send: (command) => worker.postMessage(command),
    onEvent: (listener) => inbox.listen(listener),
    close: () => {
      inbox.stop();
      worker.terminate();
    },
  };
}
