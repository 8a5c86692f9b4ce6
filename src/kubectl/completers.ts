import type { Completer } from '../shell/complete.ts';

/** Comes when somebody first presses Tab behind kubectl: a lab's page is not to wait for it. */
const complete: Completer['complete'] = async (request) => (await import('./complete.ts')).complete(request);

/** kubectl's completion, also as `k`. */
export const kubectlCompleters: readonly Completer[] = [
  { command: 'kubectl', complete },
  { command: 'k', complete },
];
