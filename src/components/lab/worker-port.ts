import type { PortEvent, SessionPort } from './port.ts';
import { Inbox } from './port.ts';

const workers = import.meta.glob<new () => Worker>('../../cluster/worker.ts', {
  query: '?worker',
  import: 'default',
  eager: true,
});

/** The simulated cluster, in a Worker of this page. It speaks the session's protocol in cloned values. */
export function workerPort(): SessionPort {
  const inbox = new Inbox();
  const [make] = Object.values(workers);
  if (make === undefined) throw new Error('This build has no simulated cluster.');
  const worker = new make();
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
