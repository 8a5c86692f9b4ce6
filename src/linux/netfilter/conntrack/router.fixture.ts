import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab, owner, prefix } from '../../network.fixture.ts';
import { type Conntrack, conntrackOf } from './conntrack.ts';
import { connectionText } from './text.ts';

/** A client 10.0.1.2, a router 10.0.1.1 and 10.0.2.1 that tracks connections, a server 10.0.2.2; no traffic yet. */
export class Routed {
  readonly lab: Lab;
  readonly client: NetworkNamespace;
  readonly router: NetworkNamespace;
  readonly server: NetworkNamespace;
  readonly conntrack: Conntrack;

  constructor(options: { traced?: boolean } = {}) {
    this.lab = new Lab(options);
    this.client = this.lab.namespace('client');
    this.router = this.lab.namespace('router');
    this.server = this.lab.namespace('server');
    this.router.setSysctl('net.ipv4.ip_forward', 1);
    this.#link(this.client, 'left', '1');
    this.#link(this.server, 'right', '2');
    this.conntrack = conntrackOf(this.router.stack);
  }

  #link(host: NetworkNamespace, port: string, net: string): void {
    host.addVeth({ name: 'eth0' }, { name: port, namespace: this.router });
    this.router.setLink(port, { up: true });
    host.setLink('eth0', { up: true });
    host.addAddress('eth0', prefix(`10.0.${net}.2/24`));
    this.router.addAddress(port, prefix(`10.0.${net}.1/24`));
    host.addRoute({ destination: prefix('0.0.0.0/0'), via: ip(`10.0.${net}.1`) });
  }

  /** The router's table as `conntrack -L` lists it; ports that were picked are `*`. */
  list(conntrack = this.conntrack): string[] {
    return conntrack
      .connections()
      .map((connection) =>
        connectionText(connection, conntrack.now()).replace(/\b([sd]port|id)=(\d+)/g, (all, name, port) =>
          Number(port) >= 32768 || name === 'id' ? `${name}=*` : all,
        ),
      );
  }

  async pass(milliseconds = 50): Promise<void> {
    await this.lab.clock.runTo(this.lab.clock.now() + milliseconds);
  }

  udp(from: NetworkNamespace, port: number) {
    return from.sockets.openUdp({ address: 0, port }, owner);
  }

  /** One datagram, of which nothing is waited for but that it goes its way. */
  async datagram(socket: ReturnType<Routed['udp']>, to: string, port: number): Promise<void> {
    socket.send({ address: ip(to), port }, new Uint8Array(4));
    await this.pass();
  }
}
