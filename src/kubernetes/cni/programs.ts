import type { ProgramTable } from '../../linux/process/process.ts';
import { hostLocal } from './host-local/host-local.ts';
import { loopback } from './loopback/loopback.ts';
import { portmap } from './portmap/portmap.ts';
import { ptp } from './ptp/ptp.ts';

/**
 * What lies in /opt/cni/bin of a node, by name. Not loaded when first run, as other programs are: every cluster runs
 * all of them while it starts, and would wait for one after the other.
 */
export const cniPlugins: ProgramTable = {
  'host-local': async () => hostLocal,
  loopback: async () => loopback,
  portmap: async () => portmap,
  ptp: async () => ptp,
};
