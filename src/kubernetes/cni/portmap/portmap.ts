import { pluginProgram } from '../plugin.ts';
import { CniCode, CniError, type CniResult } from '../protocol.ts';

/**
 * Chained after the plugin that made the interface. Without host ports it hands the result on; with them it
 * refuses, as the NAT rules that it would write are not modelled yet.
 */
export const portmap = pluginProgram({
  name: 'portmap',

  async add(call): Promise<CniResult> {
    const { prevResult } = call.config;
    if (prevResult === undefined) throw new CniError(CniCode.Internal, 'must be called as chained plugin');
    const mappings = call.config.runtimeConfig?.portMappings ?? [];
    if (mappings.length > 0) {
      throw new CniError(
        CniCode.UnsupportedField,
        'hostPort is not modelled in this cluster yet: remove hostPort from the pod, or run the lab on kind',
      );
    }
    return prevResult;
  },

  async del() {},

  async check(call) {
    if (call.config.prevResult === undefined) {
      throw new CniError(CniCode.Internal, 'Required prevResult missing');
    }
  },
});
