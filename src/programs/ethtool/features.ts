import type { Device } from '../../linux/device/device.ts';

/**
 * The features of devices, in the order of `ethtool -k`, as the kernel's drivers have them: of a veth, of lo, of a bridge
 * and of a VXLAN device. 1: on, 0: off, N: on and fixed, F: off and fixed; + stands below the line before it.
 */
const TABLE = `rx-checksumming 1NF1
tx-checksumming 1111
+tx-checksum-ipv4 FFFF
+tx-checksum-ip-generic 1N11
+tx-checksum-ipv6 FFFF
+tx-checksum-fcoe-crc FFFF
+tx-checksum-sctp 1NFF
scatter-gather 1111
+tx-scatter-gather 1N11
+tx-scatter-gather-fraglist 1N11
tcp-segmentation-offload 1111
+tx-tcp-segmentation 1111
+tx-tcp-ecn-segmentation 1111
+tx-tcp-mangleid-segmentation 1111
+tx-tcp6-segmentation 1111
+tx-tcp-accecn-segmentation 1111
generic-segmentation-offload 1111
generic-receive-offload 0111
large-receive-offload FFFF
rx-vlan-offload 1FFF
tx-vlan-offload 1F1F
ntuple-filters FFFF
receive-hashing FFFF
highdma 1N1F
rx-vlan-filter FFFF
vlan-challenged FNFF
tx-gso-robust FF1F
tx-fcoe-segmentation FF1F
tx-gre-segmentation 1F1F
tx-gre-csum-segmentation 1F1F
tx-ipxip4-segmentation 1F1F
tx-ipxip6-segmentation 1F1F
tx-udp_tnl-segmentation 1F1F
tx-udp_tnl-csum-segmentation 1F1F
tx-gso-partial FF1F
tx-tunnel-remcsum-segmentation FF1F
tx-sctp-segmentation 1111
tx-esp-segmentation FF1F
tx-udp-segmentation 1111
tx-gso-list 1111
tx-nocache-copy 0F00
loopback FNFF
rx-fcs FFFF
rx-all FFFF
tx-vlan-stag-hw-insert 1F1F
rx-vlan-stag-hw-parse 1FFF
rx-vlan-stag-filter FFFF
l2-fwd-offload FFFF
hw-tc-offload FFFF
esp-hw-offload FFFF
esp-tx-csum-hw-offload FFFF
rx-udp_tunnel-port-offload FFFF
tls-hw-tx-offload FFFF
tls-hw-rx-offload FFFF
rx-gro-hw FFFF
tls-hw-record FFFF
rx-gro-list 0000
macsec-hw-offload FFFF
rx-udp-gro-forwarding 0000
hsr-tag-ins-offload FFFF
hsr-tag-rm-offload FFFF
hsr-fwd-offload FFFF
hsr-dup-offload FFFF`;

const COLUMNS: Readonly<Record<string, number>> = { veth: 0, loopback: 1, bridge: 2, vxlan: 3 };

export interface Feature {
  readonly name: string;
  /** It is part of the group above it. */
  readonly below: boolean;
  readonly on: boolean;
  readonly fixed: boolean;
  /** It would be on, if another one were. */
  readonly requested: boolean;
}

/** The group lines whose state `-K` changes here, with what stands below them. */
/** What needs the checksum (netdev_fix_features). */
const NEEDS_TX = ['tx-udp-segmentation'];
const TX = ['tx-checksumming', 'tx-checksum-ip-generic', 'tx-checksum-sctp'];
const TSO = [
  'tcp-segmentation-offload',
  'tx-tcp-segmentation',
  'tx-tcp-ecn-segmentation',
  'tx-tcp-mangleid-segmentation',
  'tx-tcp6-segmentation',
  'tx-tcp-accecn-segmentation',
];

export function featuresOf(device: Device): readonly Feature[] {
  const column = COLUMNS[device.kind] ?? COLUMNS['vxlan'] ?? 0;
  const { tx, tso } = device.offload;
  return TABLE.split('\n').map((line) => {
    const [written = '', states = ''] = line.split(' ');
    const name = written.replace('+', '');
    const state = states.charAt(column);
    let on = state === '1' || state === 'N';
    let requested = false;
    if (TX.includes(name)) on &&= tx;
    else if (NEEDS_TX.includes(name)) {
      requested = on && !tx;
      on &&= tx;
    } else if (TSO.includes(name)) {
      // The last one needs no checksum (NETIF_F_CSUM_MASK).
      const alone = name === 'tcp-segmentation-offload' || name === 'tx-tcp-accecn-segmentation';
      requested = on && tso && !tx && !alone;
      on &&= tso && (tx || alone);
    }
    return { name, below: written.startsWith('+'), on, fixed: state === 'N' || state === 'F', requested };
  });
}
