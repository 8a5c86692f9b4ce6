import type { Command } from './command.ts';
import { unsupported } from './errors.ts';

export const clusterInfo: Command = {
  name: 'cluster-info',
  summary: 'Display where the control plane is',
  usage: 'cluster-info [flags] [options]',
  argument: 'none',
  flags: [],
  lacking: [],
  run: async ({ session, args }) => {
    if (args[0] === 'dump') throw unsupported('"kubectl cluster-info dump"');
    await session.out(
      `Kubernetes control plane is running at ${session.access.server}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`,
    );
    return 0;
  },
};
