import { NetlinkError } from '../../linux/netlink-error.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { IpError } from './arguments.ts';

/** Runs one of iproute2's tools and tells its refusals as it does; what the kernel refuses ends it with `refused`. */
export function tellingRefusals(run: (process: Process) => Promise<number>, refused: number): Program {
  return async (process) => {
    try {
      return await run(process);
    } catch (error) {
      if (error instanceof IpError) {
        await process.stderr.write(`${error.message}\n`);
        return error.status;
      }
      if (error instanceof NetlinkError) {
        const { extack, message } = error;
        await process.stderr.write(extack === undefined ? `RTNETLINK answers: ${message}\n` : `Error: ${extack}\n`);
        return refused;
      }
      throw error;
    }
  };
}
