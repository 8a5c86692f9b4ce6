import type { DeviceId, Step, Story, StoryMachine } from '../story/story.ts';

/** Pixels of the picture's own coordinate system. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly machines: readonly {
    readonly name: string;
    readonly box: Box;
    readonly namespaces: readonly NamespaceBox[];
  }[];
  /** The switch that the machines share; absent with one machine. */
  readonly wire?: { readonly from: Point; readonly to: Point };
  readonly links: readonly { readonly kind: 'veth' | 'wire'; readonly points: readonly Point[] }[];
}

export interface NamespaceBox {
  readonly id: string;
  readonly kind: 'host' | 'pod';
  readonly label: string;
  readonly box: Box;
  readonly devices: readonly { readonly name: string; readonly addresses: readonly string[]; readonly at: Point }[];
}

const POD = { width: 176, height: 92, gap: 16 };
const HOST_HEIGHT = 118;
const PADDING = 18;
const TITLE = 26;
const VETH_GAP = 34;
const MACHINE_GAP = 36;
const WIRE_GAP = 40;

/**
 * Puts pods in a row over their machine's own namespace, machines side by side (or, `narrow`, one below the
 * other) on one wire. Places follow from the story's order alone, so a picture keeps its places.
 */
export function layOut(story: Story, options: { readonly narrow?: boolean } = {}): Layout {
  const narrow = options.narrow === true;
  const left = narrow ? WIRE_GAP : 0;
  let x = left;
  let y = 0;
  let width = 0;
  let height = 0;
  const machines = story.machines.map((machine) => {
    const placed = placeMachine(machine, x, y, narrow);
    width = Math.max(width, placed.box.x + placed.box.width);
    height = Math.max(height, placed.box.y + placed.box.height);
    if (narrow) y = height + MACHINE_GAP;
    else x = width + MACHINE_GAP;
    return placed;
  });
  const many = machines.length > 1;
  const wire = many ? wireOf(machines, narrow, width, height) : undefined;
  const at = new Map(
    machines
      .flatMap((m) => m.namespaces)
      .flatMap((n) => n.devices.map((d) => [key({ namespace: n.id, device: d.name }), d.at])),
  );
  const links = story.links.map((link) => {
    const ends = link.ends.flatMap((end) => at.get(key(end)) ?? []);
    return {
      kind: link.kind,
      points: link.kind === 'veth' || wire === undefined ? ends : overWire(ends, wire.from, narrow),
    };
  });
  return {
    width,
    height: height + (many && !narrow ? WIRE_GAP : 0),
    machines,
    ...(wire === undefined ? {} : { wire }),
    links,
  };
}

/** The way the packet's mark takes into a step: over the link it arrived by, or from where it was to where it is. */
export function wayInto(layout: Layout, step: Step, before: Step | undefined): readonly Point[] {
  const to = placeOf(layout, step.at);
  if (to === undefined) return [];
  const start = placeOf(layout, step.from ?? before?.at ?? step.at);
  if (start === undefined || step.from === undefined) return start === undefined ? [to] : [start, to];
  const same = (p: Point | undefined, q: Point) => p !== undefined && p.x === q.x && p.y === q.y;
  for (const { points } of layout.links) {
    const first = points.findIndex((point) => same(point, start));
    const last = points.findIndex((point) => same(point, to));
    if (first < 0 || last < 0) continue;
    return first < last ? points.slice(first, last + 1) : points.slice(last, first + 1).reverse();
  }
  return [start, to];
}

function placeOf(layout: Layout, at: Step['at']): Point | undefined {
  const namespace = layout.machines.flatMap((machine) => machine.namespaces).find((box) => box.id === at.namespace);
  const device = namespace?.devices.find((one) => one.name === at.device);
  if (device !== undefined) return device.at;
  if (namespace === undefined) return undefined;
  const { box, kind } = namespace;
  // Below the words that stand in a node's own box.
  return { x: box.x + box.width / 2, y: box.y + box.height * (kind === 'host' ? 0.62 : 0.5) };
}

function placeMachine(machine: StoryMachine, x: number, y: number, narrow: boolean) {
  const pods = machine.namespaces.filter((namespace) => namespace.kind === 'pod');
  const inner = Math.max(2 * POD.width + POD.gap, pods.length * (POD.width + POD.gap) - POD.gap);
  const width = inner + 2 * PADDING;
  const podTop = y + TITLE + PADDING / 2;
  const rowOf = pods.length * (POD.width + POD.gap) - POD.gap;
  const podLeft = x + PADDING + (inner - rowOf) / 2;
  const hostTop = pods.length > 0 ? podTop + POD.height + VETH_GAP : podTop;
  const hostBox = { x: x + PADDING, y: hostTop, width: inner, height: HOST_HEIGHT };
  const podBoxes = pods.map((pod, index): NamespaceBox => {
    const box = { x: podLeft + index * (POD.width + POD.gap), y: podTop, width: POD.width, height: POD.height };
    const devices = pod.devices.map((device) => ({
      ...device,
      at: { x: box.x + box.width / 2, y: box.y + box.height },
    }));
    return { id: pod.id, kind: 'pod', label: pod.label, box, devices };
  });
  const hosts = machine.namespaces.filter((namespace) => namespace.kind === 'host');
  const hostBoxes = hosts.map((host): NamespaceBox => {
    const uplinks = host.devices.filter((device) => device.addresses.some((address) => !address.endsWith('/32')));
    const devices = host.devices.map((device) => {
      const up = uplinks.indexOf(device);
      if (up < 0)
        return { ...device, at: { x: podX(machine, host.id, device.name, podBoxes) ?? hostBox.x + 40, y: hostBox.y } };
      return {
        ...device,
        at: narrow
          ? { x: hostBox.x, y: hostBox.y + HOST_HEIGHT - 24 * (uplinks.length - up) }
          : { x: hostBox.x + (inner * (up + 1)) / (uplinks.length + 1), y: hostBox.y + HOST_HEIGHT },
      };
    });
    return { id: host.id, kind: 'host', label: host.label, box: hostBox, devices };
  });
  const box = { x, y, width, height: hostTop + HOST_HEIGHT + PADDING - y };
  return { name: machine.name, box, namespaces: [...hostBoxes, ...podBoxes] };
}

/** A node's end of a veth pair stands below the pod whose end it is: the nth veth below the nth pod. */
function podX(machine: StoryMachine, host: string, device: string, pods: readonly NamespaceBox[]): number | undefined {
  const veths = machine.namespaces
    .find((namespace) => namespace.id === host)
    ?.devices.filter((one) => one.addresses.every((address) => address.endsWith('/32')))
    .map((one) => one.name);
  const pod = pods[veths?.indexOf(device) ?? -1];
  return pod && pod.box.x + pod.box.width / 2;
}

function wireOf(
  machines: readonly { readonly box: Box; readonly namespaces: readonly NamespaceBox[] }[],
  narrow: boolean,
  width: number,
  height: number,
) {
  if (!narrow)
    return { from: { x: 24, y: height + WIRE_GAP / 2 + 6 }, to: { x: width - 24, y: height + WIRE_GAP / 2 + 6 } };
  const last = machines.at(-1)?.box;
  return { from: { x: 12, y: 24 }, to: { x: 12, y: (last?.y ?? 0) + (last?.height ?? 0) - 24 } };
}

/** From one machine down to the wire, along it, and up to the other. */
function overWire(ends: readonly Point[], wire: Point, narrow: boolean): readonly Point[] {
  const [first, last] = ends;
  if (first === undefined || last === undefined) return ends;
  const onto = (point: Point) => (narrow ? { x: wire.x, y: point.y } : { x: point.x, y: wire.y });
  return [first, onto(first), onto(last), last];
}

function key(id: DeviceId): string {
  return `${id.namespace} ${id.device}`;
}
