import type { NetworkNamespace } from '../../namespace.ts';
import { type Lab, prefix } from '../../network.fixture.ts';
import type { Bridge } from './bridge.ts';
import { bridge } from './kind.ts';

/** A bridge that is up. */
export function addBridge(room: NetworkNamespace, name: string): Bridge {
  const made = room.addLink({ name }, 'bridge', (settings) => {
    if (bridge.make === undefined) throw new TypeError('a bridge can be made');
    return bridge.make(room.stack, settings, bridge.config(), { mac: false, mtu: false });
  });
  room.setLink(name, { up: true });
  return made;
}

/** A pod whose eth0 hangs on a bridge of `room`, by the port `v<host>`. */
export function addPod(lab: Lab, room: NetworkNamespace, on: Bridge, host: number): NetworkNamespace {
  const pod = lab.namespace(`${room.name}/pod-${host}`);
  room.addVeth({ name: `v${host}` }, { name: 'eth0', namespace: pod });
  room.setLink(`v${host}`, { up: true, master: on });
  pod.setLink('eth0', { up: true });
  pod.addAddress('eth0', prefix(`10.0.0.${host}/24`));
  return pod;
}
