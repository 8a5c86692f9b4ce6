import { formatMac, type MacAddress } from '../../linux/packet/address.ts';
import type { Milliseconds } from '../../simulation/clock.ts';
import type { JsonValue } from '../iproute2/json.ts';

/** One line of `bridge fdb`. */
export interface FdbLine {
  readonly mac: MacAddress;
  readonly device: string;
  /** What a tunnel knows of where it is: `dst 10.0.0.9`. */
  readonly remote?: readonly (readonly [word: string, value: string | number])[];
  readonly self: boolean;
  readonly master?: string;
  readonly state: 'permanent' | 'static' | '' | 'stale';
  /** How long ago it was used and updated; absent: nobody knows. */
  readonly age?: { readonly used: Milliseconds; readonly updated: Milliseconds };
}

export interface FdbShow {
  readonly statistics: boolean;
  /** The device is named on the command line and not said again. */
  readonly omitDevice: boolean;
}

const seconds = (age: Milliseconds) => Math.floor(age / 1000);

export function lineText(line: FdbLine, { statistics, omitDevice }: FdbShow): string {
  const { mac, device, remote = [], self, master, state, age } = line;
  let text = `${formatMac(mac)} `;
  if (!omitDevice) text += `dev ${device} `;
  for (const [word, value] of remote) text += `${word} ${value} `;
  if (statistics && age !== undefined) text += `used ${seconds(age.used)}/${seconds(age.updated)} `;
  if (self) text += 'self ';
  if (master !== undefined) text += `master ${master} `;
  return text + state;
}

export function lineJson(line: FdbLine, { statistics, omitDevice }: FdbShow): JsonValue {
  const { mac, device, remote = [], self, master, state, age } = line;
  return {
    mac: formatMac(mac),
    ifname: omitDevice ? undefined : device,
    ...Object.fromEntries(remote.map(([word, value]) => [word === 'via' ? 'viaIf' : word, value])),
    ...(statistics && age !== undefined && { used: seconds(age.used), updated: seconds(age.updated) }),
    flags: self ? ['self'] : [],
    master,
    state,
  };
}
