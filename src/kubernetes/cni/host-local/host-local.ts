import { formatIp, parseIp } from '../../../linux/packet/address.ts';
import type { Invocation, Plugin } from '../plugin.ts';
import { pluginProgram } from '../plugin.ts';
import { type CniAddress, CniCode, CniError, reasonOf } from '../protocol.ts';
import { candidates, describeSet, hostLocalConfig, type Range } from './allocator.ts';
import { ReservationStore } from './store.ts';

/** Gives out addresses of the node's own ranges and remembers them in files. Source: cni.dev, host-local. */
const plugin: Plugin = {
  name: 'host-local',

  async add(call) {
    const { config, store } = open(call);
    const held = store.heldBy(call.containerId, call.ifName)[0];
    const ips: CniAddress[] = [];
    for (const [index, set] of config.ranges.entries()) {
      try {
        if (held !== undefined) {
          throw new CniError(
            CniCode.Internal,
            `${held} has been allocated to ${call.containerId}, duplicate allocation is not allowed`,
          );
        }
        ips.push(allocate(call, store, set, index));
      } catch (failure) {
        if (held === undefined) store.release(call.containerId, call.ifName);
        throw new CniError(CniCode.Internal, `failed to allocate for range ${index}: ${reasonOf(failure)}`);
      }
    }
    return { ips, routes: config.routes };
  },

  async del(call) {
    const { store } = open(call);
    store.release(call.containerId, call.ifName);
  },

  async check(call) {
    const { store } = open(call);
    if (store.heldBy(call.containerId, call.ifName).length === 0) {
      throw new CniError(CniCode.Internal, `host-local: Failed to find address added by container ${call.containerId}`);
    }
  },
};

function open(call: Invocation) {
  const config = hostLocalConfig(call.config.ipam);
  return { config, store: new ReservationStore(call.process.files, config.dataDir, call.config.name) };
}

function allocate(call: Invocation, store: ReservationStore, set: readonly Range[], index: number): CniAddress {
  const last = store.lastReserved(index);
  const lastAddress = last === undefined ? undefined : parseIp(last);
  for (const { address, range } of candidates(set, lastAddress === undefined ? undefined : Number(lastAddress))) {
    const text = formatIp(address);
    if (store.reserve(text, call.containerId, call.ifName, index)) {
      return { address: `${text}/${range.length}`, gateway: formatIp(range.gateway) };
    }
  }
  throw new CniError(CniCode.Internal, `no IP addresses available in range set: ${describeSet(set)}`);
}

export const hostLocal = pluginProgram(plugin);
