import type { NetworkNamespace } from '../../../linux/namespace.ts';
import { NetlinkError } from '../../../linux/netlink-error.ts';
import { formatMac, netmask, networkOf, type Prefix, parseIp, parsePrefix } from '../../../linux/packet/address.ts';
import { delegate } from '../delegate.ts';
import { findNetns, openNetns, ownNetns } from '../netns.ts';
import { type Invocation, pluginProgram } from '../plugin.ts';
import { type CniAddress, CniCode, CniError, type CniInterface, type CniResult } from '../protocol.ts';

const DEFAULT_MTU = 1500;

/**
 * A veth pair between pod and node, and routes at both ends: no bridge, no shared link. Source: cni.dev, ptp.
 *
 * A point-to-point link would be the thing, but a veth is Ethernet. So the pod gets its address with the whole
 * subnet, the route that comes with it is taken away, and everything is sent to the gateway, which is reached by a
 * route of its own: two pods of a node talk through the node.
 */
export const ptp = pluginProgram({
  name: 'ptp',

  async add(call) {
    const ipamType = ipamOf(call);
    const leased = await delegate(call, ipamType, 'ADD');
    try {
      if (call.config.ipMasq === true) {
        throw new CniError(CniCode.UnsupportedField, 'ipMasq is not modelled yet: set it to false, as kindnet does');
      }
      if ((leased.ips ?? []).length === 0)
        throw new CniError(CniCode.Internal, 'IPAM plugin returned missing IP config');
      const node = ownNetns(call.process);
      const pod = openNetns(call.process, call.netns);
      node.setSysctl('net.ipv4.ip_forward', 1);
      return connect(call, node, pod, leased);
    } catch (failure) {
      await delegate(call, ipamType, 'DEL');
      throw failure;
    }
  },

  async del(call) {
    await delegate(call, ipamOf(call), 'DEL');
    const pod = findNetns(call.process, call.netns);
    if (pod?.link(call.ifName) !== undefined) pod.deleteLink(call.ifName);
  },

  async check(call) {
    const pod = openNetns(call.process, call.netns);
    await delegate(call, ipamOf(call), 'CHECK');
    if (call.config.prevResult === undefined) throw new CniError(CniCode.Internal, 'Required prevResult missing');
    if (pod.link(call.ifName) === undefined) {
      throw new CniError(CniCode.Internal, `Cannot find container link ${call.ifName}`);
    }
    const has = pod.addresses().filter(({ device }) => device.name === call.ifName);
    for (const { address } of call.config.prevResult.ips ?? []) {
      const wanted = prefixOf(address);
      if (!has.some(({ address: one }) => one.local === wanted.address && one.length === wanted.length)) {
        throw new CniError(CniCode.Internal, `Failed to find IP address ${address} on ${call.ifName}`);
      }
    }
  },
});

function ipamOf(call: Invocation): string {
  const type = call.config.ipam?.type;
  if (type === undefined || type === '')
    throw new CniError(CniCode.InvalidNetworkConfig, 'ptp needs ipam: {"type": ...}');
  return type;
}

function connect(call: Invocation, node: NetworkNamespace, pod: NetworkNamespace, leased: CniResult): CniResult {
  const mtu = Number(call.config.mtu ?? 0) || DEFAULT_MTU;
  const hostName = `veth${call.process.random.text(8, '0123456789abcdef')}`;
  const [inside, outside] = inKernelWords(`failed to make veth pair`, () =>
    pod.addVeth({ name: call.ifName, mtu }, { name: hostName, mtu, namespace: node, queueLength: 0 }),
  );
  const ips = (leased.ips ?? []).map((ip): CniAddress => ({ ...ip, interface: 1 }));
  try {
    node.setLink(hostName, { up: true });
    pod.setLink(call.ifName, { up: true });
    for (const ip of ips) addressPod(pod, call.ifName, ip, leased);
    for (const ip of ips) addressNode(node, hostName, ip);
  } catch (failure) {
    pod.deleteLink(call.ifName);
    throw failure;
  }
  const interfaces: CniInterface[] = [
    { name: hostName, mac: formatMac(outside.mac) },
    { name: call.ifName, mac: formatMac(inside.mac), sandbox: call.netns },
  ];
  const { dns } = call.config as { dns?: CniResult['dns'] };
  return { ...leased, interfaces, ips, ...(dns === undefined ? {} : { dns }) };
}

function addressPod(pod: NetworkNamespace, device: string, ip: CniAddress, leased: CniResult): void {
  const prefix = prefixOf(ip.address);
  const subnet = networkOf(prefix);
  const gateway = gatewayOf(ip);
  const broadcast = (Number(prefix.address) | ~netmask(prefix.length)) >>> 0;
  inKernelWords(`failed to add IP addr ${ip.address} to "${device}"`, () =>
    pod.addAddress(device, prefix, { broadcast }),
  );
  for (const { dst, gw } of leased.routes ?? []) {
    const via = gw === undefined ? gateway : parseIp(gw);
    inKernelWords(`failed to add route '${dst} via ${gw ?? ip.gateway} dev ${device}'`, () =>
      pod.addRoute({ destination: prefixOf(dst), ...(via === undefined ? {} : { via }), device }),
    );
  }
  inKernelWords(`failed to delete route ${ip.address}`, () =>
    pod.deleteRoute({ destination: subnet, device, scope: 'link' }),
  );
  inKernelWords(`failed to add route to ${ip.gateway}`, () => {
    pod.addRoute({ destination: { address: gateway, length: 32 }, device, scope: 'link', source: prefix.address });
    pod.addRoute({ destination: subnet, via: gateway, device, source: prefix.address });
  });
}

function addressNode(node: NetworkNamespace, device: string, ip: CniAddress): void {
  inKernelWords(`failed to add IP addr to veth`, () => node.addAddress(device, { address: gatewayOf(ip), length: 32 }));
  const { address } = prefixOf(ip.address);
  inKernelWords('failed to add route on host', () =>
    node.addRoute({ destination: { address, length: 32 }, device, scope: 'host' }),
  );
}

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new CniError(CniCode.DecodingFailure, `invalid CIDR address: ${text}`);
  return prefix;
}

function gatewayOf(ip: CniAddress) {
  const gateway = parseIp(ip.gateway ?? '');
  if (gateway === undefined) throw new CniError(CniCode.Internal, `the IPAM plugin gave no gateway for ${ip.address}`);
  return gateway;
}

/** Runs a request to the kernel; a refusal says what was being done. */
function inKernelWords<T>(doing: string, request: () => T): T {
  try {
    return request();
  } catch (failure) {
    if (!(failure instanceof NetlinkError)) throw failure;
    throw new CniError(CniCode.Internal, `${doing}: ${failure.message.toLowerCase()}`);
  }
}
