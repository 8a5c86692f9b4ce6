import type { Clock } from '../../../simulation/clock.ts';
import { formatElement } from './element.ts';
import type { Entry, IpSet } from './ip-set.ts';

/** A set as `ipset list` prints it. */
export function listText(
  name: string,
  set: IpSet,
  references: number,
  clock: Clock,
  format: { readonly headersOnly: boolean; readonly sorted: boolean },
): string {
  const entries = set.entries();
  let text = `Name: ${name}\nType: ${set.type.name}\nRevision: ${set.type.revision}\nHeader: ${headerText(set)}\n`;
  text += `Size in memory: ${set.memory}\nReferences: ${references}\nNumber of entries: ${entries.length}\n`;
  if (format.headersOnly) return text;
  const lines = entries.map((entry) => `${entryText(set, entry, clock)}\n`);
  return `${text}Members:\n${(format.sorted ? sorted(set, lines) : lines).join('')}`;
}

/** A set as `ipset save` prints it. */
export function saveText(name: string, set: IpSet, clock: Clock, sort: boolean): string {
  const lines = set.entries().map((entry) => `add ${name} ${entryText(set, entry, clock)}\n`);
  return `create ${name} ${set.type.name} ${headerText(set)}\n${(sort ? sorted(set, lines) : lines).join('')}`;
}

function headerText({ type, options }: IpSet): string {
  const parts: string[] = [];
  if (type.options.includes('range')) parts.push(`range ${options.range[0]}-${options.range[1]}`);
  if (type.options.includes('size')) parts.push(`size ${options.size}`);
  const hash = type.options.includes('hash');
  if (hash) parts.push(`family inet hashsize ${options.hashSize} maxelem ${options.maxElements}`);
  if (options.netmask !== 32) parts.push(`netmask ${options.netmask}`);
  if (options.timeout !== undefined) parts.push(`timeout ${options.timeout}`);
  if (options.counters) parts.push('counters');
  if (options.comment) parts.push('comment');
  if (options.forceAdd) parts.push('forceadd');
  if (hash) {
    parts.push(`bucketsize ${options.bucketSize} initval 0x${options.initialValue.toString(16).padStart(8, '0')}`);
  }
  return parts.join(' ');
}

function entryText({ type, options }: IpSet, entry: Entry, clock: Clock): string {
  let text = formatElement(type, entry.element);
  if (options.timeout !== undefined) {
    const left = entry.expires === undefined ? 0 : Math.max(1, Math.floor((entry.expires - clock.now()) / 1000));
    text += ` timeout ${left}`;
  }
  if (entry.nomatch) text += ' nomatch';
  if (options.counters) text += ` packets ${entry.packets} bytes ${entry.bytes}`;
  if (entry.comment !== undefined) text += ` comment "${entry.comment}"`;
  return text;
}

/** By address, as numbers; a list:set keeps its order. */
function sorted({ type }: IpSet, lines: readonly string[]): readonly string[] {
  if (type.name === 'list:set') return lines;
  return [...lines].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
