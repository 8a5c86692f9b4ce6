import { Inbox, type PortEvent, type SessionPort } from './port.ts';

/** The simulated cluster, in a Worker of this page. It speaks the session's protocol in cloned values. */
export function workerPort(): SessionPort {
  const inbox = new Inbox();
  const worker = new Worker(new URL('../../labs/targets/page/worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<PortEvent>) => inbox.put(data));
  worker.addEventListener('error', ({ message }) => {
    inbox.put({ type: 'closed', message: message || 'Its Worker could not be loaded.' });
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
