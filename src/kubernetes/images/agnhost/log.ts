import type { Process } from '../../../linux/process/process.ts';

/** A line of klog: `I1102 09:00:05.123456       1 log.go:244] message`. The file and line are upstream's. */
export function klog(process: Process, message: string): Promise<void> {
  const wall = process.clock.wall();
  const date = new Date(wall).toISOString();
  const micros = String(Math.floor((wall - Math.floor(wall)) * 1000)).padStart(3, '0');
  const stamp = `I${date.slice(5, 7)}${date.slice(8, 10)} ${date.slice(11, 23)}${micros}`;
  return process.stderr.write(`${stamp} ${String(process.pid).padStart(7)} log.go:244] ${message}\n`);
}

/** The time as Go prints it with its monotonic reading: `2026-11-02 09:00:05.123456789 +0000 UTC m=+1.5`. */
export function goTime(process: Process, startedAt: number): string {
  const wall = process.clock.wall();
  const nanos = String(Math.floor((wall - Math.floor(wall)) * 1e6)).padStart(6, '0');
  const date = new Date(wall).toISOString().replace('T', ' ').replace('Z', '');
  return `${date}${nanos} +0000 UTC m=+${((process.clock.now() - startedAt) / 1000).toFixed(9)}`;
}
