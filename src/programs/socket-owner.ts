import type { Process } from '../linux/process/process.ts';
import type { SocketOwner } from '../linux/socket/socket.ts';

declare module '../linux/process/process.ts' {
  interface Services {
    /** Set for a process that carries out a lab check's probe: marks its packets and their answers. */
    readonly probe?: string;
  }
}

/** Whose sockets a program opens: they are closed when its process ends. */
export function ownerOf(process: Process): SocketOwner {
  const name = (process.argv[0] ?? '').replace(/^.*\//, '');
  return { pid: process.pid, uid: process.uid, name, probe: process.services.probe, ended: process.signals.ended };
}
