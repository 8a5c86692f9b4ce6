import type { Process } from '../../../linux/process/process.ts';
import { Deferred } from '../../../simulation/deferred.ts';

/** Does nothing until a signal comes. Source: agnhost's README, "pause". */
export async function pause(process: Process): Promise<number> {
  const signal = new Deferred<{ name: string; status: number }>(process.clock);
  process.signals.on('INT', () => signal.resolve({ name: 'interrupt', status: 1 }));
  process.signals.on('TERM', () => signal.resolve({ name: 'terminated', status: 2 }));
  await process.stdout.write('Paused\nSignals registered\n');
  process.signals.ended.addEventListener('abort', () => signal.reject(process.signals.ended.reason), { once: true });
  const { name, status } = await signal.promise;
  await process.stdout.write(`exiting because of signal "${name}"\n`);
  return status;
}
