import { findNetns, openNetns } from '../netns.ts';
import { pluginProgram } from '../plugin.ts';
import { CniCode, CniError, type CniResult } from '../protocol.ts';

/** Sets `lo` up; the kernel gives it 127.0.0.1 by itself. Source: cni.dev, loopback. */
export const loopback = pluginProgram({
  name: 'loopback',

  async add(call): Promise<CniResult> {
    openNetns(call.process, call.netns).setLink('lo', { up: true });
    if (call.config.prevResult !== undefined) return call.config.prevResult;
    return {
      interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox: call.netns }],
      ips: [{ interface: 0, address: '127.0.0.1/8' }],
    };
  },

  async del(call) {
    // A namespace that is gone has nothing to undo.
    findNetns(call.process, call.netns)?.setLink('lo', { up: false });
  },

  async check(call) {
    if (openNetns(call.process, call.netns).link('lo')?.up !== true) {
      throw new CniError(CniCode.Internal, 'loopback interface is down');
    }
  },
});
