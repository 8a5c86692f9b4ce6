import type { Device } from '../../linux/device/device.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';

/** What a driver says of itself: ethtool_ops::get_drvinfo. */
const drivers: Readonly<Record<string, { readonly version: string; readonly firmware: string; readonly bus: string }>> =
  {
    veth: { version: '1.0', firmware: '', bus: '' },
    bridge: { version: '2.3', firmware: 'N/A', bus: 'N/A' },
    vxlan: { version: '0.1', firmware: '', bus: '' },
  };

/** ethtool_op_get_link: does the other end answer? */
function linked(device: Device): boolean {
  return device.up && device.carrier;
}

/** `ethtool DEV`: ethtool_ops::get_link_ksettings; a device whose driver has none tells of its link only. */
export function settingsOf(device: Device, namespace: NetworkNamespace): string {
  const title = `Settings for ${device.name}:\n`;
  const link = `\tLink detected: ${linked(device) ? 'yes' : 'no'}\n`;
  if (drivers[device.kind] === undefined) return title + link;
  const veth = device.kind === 'veth';
  // A bridge is as fast as its fastest port that has a link.
  const fast =
    veth ||
    (device.kind === 'bridge' &&
      namespace.links().some(({ port, up }) => port?.master === device && up && linked(device)));
  return `${title}	Supported ports: [  ]
	Supported link modes:   Not reported
	Supported pause frame use: No
	Supports auto-negotiation: No
	Supported FEC modes: Not reported
	Advertised link modes:  Not reported
	Advertised pause frame use: No
	Advertised auto-negotiation: No
	Advertised FEC modes: Not reported
	Speed: ${fast ? '10000Mb/s' : 'Unknown!'}
	Duplex: ${veth ? 'Full' : 'Unknown! (255)'}
	Auto-negotiation: off
	Port: ${veth ? 'Twisted Pair' : 'Other'}
	PHYAD: 0
	Transceiver: internal
${veth ? '	MDI-X: Unknown\n' : ''}${link}`;
}

/** `ethtool -i DEV`; undefined: its driver does not say. */
export function driverOf(device: Device): string | undefined {
  const driver = drivers[device.kind];
  if (driver === undefined) return undefined;
  return `driver: ${device.kind}
version: ${driver.version}
firmware-version: ${driver.firmware}
expansion-rom-version: 
bus-info: ${driver.bus}
supports-statistics: ${device.kind === 'veth' ? 'yes' : 'no'}
supports-test: no
supports-eeprom-access: no
supports-register-dump: no
supports-priv-flags: no
`;
}
