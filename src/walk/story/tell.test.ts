import { expect, test } from 'vitest';
import { parseIp } from '../../linux/packet/address.ts';
import type { IpPacket } from '../../linux/packet/packet.ts';
import type { TapEvent } from '../../linux/tap/tap.ts';
import { layOut, wayInto } from '../layout/layout.ts';
import { draw } from '../view/draw.ts';
import { type Scene, tell } from './tell.ts';

const scene: Scene = {
  title: 'a ping',
  machines: ['one', 'two'].map((name, i) => ({
    name,
    kind: 'node',
    namespaces: [
      {
        id: name,
        kind: 'host',
        label: name,
        devices: [
          { name: 'veth1', addresses: [`10.244.${i + 1}.1/32`] },
          { name: 'eth0', addresses: [`172.18.0.${i + 3}/16`] },
        ],
      },
      {
        id: `${name}/pod`,
        kind: 'pod',
        label: `pod-${name}`,
        devices: [{ name: 'eth0', addresses: [`10.244.${i + 1}.2/24`] }],
      },
    ],
  })),
  links: [
    ...['one', 'two'].map((name) => ({
      kind: 'veth' as const,
      ends: [
        { namespace: `${name}/pod`, device: 'eth0' },
        { namespace: name, device: 'veth1' },
      ],
    })),
    {
      kind: 'wire',
      ends: [
        { namespace: 'one', device: 'eth0' },
        { namespace: 'two', device: 'eth0' },
      ],
    },
  ],
};

function ip(text: string): number {
  return Number(parseIp(text));
}

const request: IpPacket = {
  kind: 'ip',
  source: ip('10.244.1.2'),
  destination: ip('10.244.2.2'),
  ttl: 64,
  tos: 0,
  id: 1,
  dontFragment: true,
  payload: { protocol: 'icmp', type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array() },
};

function events(list: readonly Omit<TapEvent, 'id' | 'time'>[]): TapEvent[] {
  return list.map((event, i) => ({ ...event, id: i + 1, time: i }));
}

const frame = (payload: IpPacket) => ({ source: 1, destination: 2, payload });
const forwarded = { ...request, ttl: 63 };

test('a packet is followed over a veth pair into the node, and the node forwards it', () => {
  const story = tell(
    scene,
    events([
      { namespace: 'one/pod', stage: 'socket', packet: request },
      {
        namespace: 'one/pod',
        stage: 'route',
        packet: request,
        verdict: 'accept',
        rule: 'default via 10.244.1.1 dev eth0',
      },
      { namespace: 'one/pod', stage: 'send', device: 'eth0', packet: frame(request) },
      {
        namespace: 'one',
        stage: 'route',
        packet: request,
        verdict: 'accept',
        rule: '10.244.2.0/24 via 172.18.0.4 dev eth0',
      },
      { namespace: 'one', stage: 'forward', packet: request, after: forwarded, verdict: 'accept' },
      { namespace: 'one', stage: 'send', device: 'eth0', packet: frame(forwarded) },
      { namespace: 'two', stage: 'route', packet: forwarded, verdict: 'reject', reason: 'no route to 10.244.2.2' },
    ]),
  );
  expect(story.steps.map(({ at, from }) => [at.namespace, at.device, from?.namespace])).toEqual([
    ['one/pod', 'eth0', undefined],
    ['one', 'veth1', 'one/pod'],
    ['one', undefined, undefined],
    ['two', 'eth0', 'one'],
    ['two', undefined, undefined],
  ]);
  const forward = story.steps[2];
  expect(forward?.decided).toBe('10.244.2.0/24 via 172.18.0.4 dev eth0');
  const ttl = forward?.headers.find(({ layer }) => layer === 'IPv4')?.fields.find(({ name }) => name === 'TTL');
  expect(ttl).toEqual({ name: 'TTL', value: '63', was: '64' });
  expect(story.steps.at(-1)?.verdict).toBe('drop');
  expect(story.outcome).toContain('no route to 10.244.2.2');
});

test('a walk in which nothing was sent says so', () => {
  expect(tell(scene, []).outcome).toBe('Nothing was sent.');
});

test('machines, namespaces and devices have places that do not overlap, and steps find their way', () => {
  for (const narrow of [false, true]) {
    const layout = layOut({ ...scene, steps: [], outcome: '' }, { narrow });
    const boxes = layout.machines.flatMap(({ namespaces }) => namespaces.map(({ box }) => box));
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
    const way = wayInto(
      layout,
      {
        time: 0,
        leg: 'request',
        at: { namespace: 'two', device: 'eth0' },
        from: { namespace: 'one', device: 'eth0' },
        sentence: '',
        headers: [],
      },
      undefined,
    );
    expect(way).toHaveLength(4);
    expect(draw(layout, 'a <walk>')).toContain('a &#60;walk&#62;');
  }
});
