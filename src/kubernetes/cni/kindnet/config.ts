import type { NetworkConfigList } from '../protocol.ts';

/** Where kindnet's agent puts it: /etc/cni/net.d/10-kindnet.conflist. */
export const CONFIG_FILE = '10-kindnet.conflist';

/** The node's network: veth pairs, addresses out of the node's pod CIDR, and host ports. As kindnet writes it. */
export function conflist(podCidr: string, mtu: number): NetworkConfigList {
  return {
    cniVersion: '0.3.1',
    name: 'kindnet',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: '/run/cni-ipam-state',
          routes: [{ dst: '0.0.0.0/0' }],
          ranges: [[{ subnet: podCidr }]],
        },
        mtu,
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}
