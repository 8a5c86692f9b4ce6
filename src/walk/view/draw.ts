import type { Box, Layout, NamespaceBox, Point } from '../layout/layout.ts';

/**
 * The walk's stage as SVG text, drawn at build time: the first frame needs no script. Colours are the layers'
 * own custom properties, so that both themes hold; the mark of the packet is moved by `player.ts`.
 */
export function draw(layout: Layout, alternative: string): string {
  const { width, height } = layout;
  const view = `-2 -2 ${width + 4} ${height + 4}`;
  return [
    `<svg class="walk-stage" viewBox="${view}" role="img" aria-label="${escapeXml(alternative)}" font-family="inherit">`,
    ...(layout.wire === undefined ? [] : [line('walk-wire', [layout.wire.from, layout.wire.to])]),
    ...layout.machines.map(
      ({ box, name }) => `${rect('walk-machine', box, 14)}${text('walk-machine-name', box.x + 18, box.y + 22, name)}`,
    ),
    ...layout.links.map((link) => line(`walk-link walk-${link.kind}`, link.points)),
    ...layout.machines.flatMap((machine) => machine.namespaces.map(namespace)),
    '<g class="walk-packet" hidden><circle r="13" class="walk-packet-halo"/><circle r="7" class="walk-packet-mark"/></g>',
    '</svg>',
  ].join('');
}

function namespace(place: NamespaceBox): string {
  const { box } = place;
  const title =
    place.kind === 'pod'
      ? text('walk-pod-name', box.x + box.width / 2, box.y + 30, place.label, 'middle')
      : text('walk-host-name', box.x + box.width / 2, box.y + 48, 'node network: routes', 'middle');
  return [
    `<g class="walk-namespace walk-${place.kind}" data-namespace="${escapeXml(place.id)}">`,
    rect('walk-box', box, 10),
    title,
    ...place.devices.map((device) => chip(device, place)),
    '</g>',
  ].join('');
}

function chip(device: NamespaceBox['devices'][number], place: NamespaceBox): string {
  const { x, y } = device.at;
  const left = x <= place.box.x;
  const below = !left && y >= place.box.y + place.box.height;
  const address = device.addresses[0] ?? '';
  const label = left ? { x: x + 12, y: y - 10, anchor: 'start' } : { x, y: below ? y - 32 : y + 22, anchor: 'middle' };
  const shown =
    place.kind === 'host' && !address.endsWith('/32')
      ? `${device.name} ${address}`
      : place.kind === 'pod'
        ? address
        : device.name;
  const upper = place.kind === 'pod' ? text('walk-device', x, y - 14, device.name, 'middle') : '';
  return [
    `<g data-device="${escapeXml(device.name)}">`,
    `<circle class="walk-port" cx="${x}" cy="${y}" r="5"/>`,
    upper,
    text('walk-address', label.x, place.kind === 'pod' ? y - 34 : below ? y - 14 : label.y, shown, label.anchor),
    '</g>',
  ].join('');
}

function rect(name: string, box: Box, radius: number): string {
  return `<rect class="${name}" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${radius}"/>`;
}

function line(name: string, points: readonly Point[]): string {
  return `<polyline class="${name}" points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`;
}

function text(name: string, x: number, y: number, content: string, anchor = 'start'): string {
  return `<text class="${name}" x="${x}" y="${y}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
