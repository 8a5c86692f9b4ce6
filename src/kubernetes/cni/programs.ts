import type { ProgramTable } from '../../linux/process/process.ts';

/** What lies in /opt/cni/bin of a node, by name. */
export const cniPlugins: ProgramTable = {
  'host-local': async () => (await import('./host-local/host-local.ts')).hostLocal,
  loopback: async () => (await import('./loopback/loopback.ts')).loopback,
  portmap: async () => (await import('./portmap/portmap.ts')).portmap,
  ptp: async () => (await import('./ptp/ptp.ts')).ptp,
};
