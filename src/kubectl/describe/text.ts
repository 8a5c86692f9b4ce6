import { humanDuration } from '../../kubernetes/api/time.ts';
import { lastAppliedAnnotation } from '../apply/last-applied.ts';
import { layOutTabs } from '../output/tabs.ts';

const longestAnnotation = 140;

/** Lines of a description, with tabs where columns are aligned. */
export class Description {
  readonly #lines: string[] = [];

  line(text: string): this {
    this.#lines.push(text);
    return this;
  }

  /** `Name:  value`; `level` is how deep it stands, two spaces each. */
  field(name: string, value: string | number | boolean, level = 0): this {
    return this.line(`${'  '.repeat(level)}${name}:\t${value}`);
  }

  /** `key=value` one below the other; `<none>` without any. */
  labels(name: string, labels: Readonly<Record<string, string>> | undefined, level = 0): this {
    return this.several(
      name,
      pairs(labels).map(([key, value]) => `${key}=${value}`),
      level,
    );
  }

  annotations(annotations: Readonly<Record<string, string>> | undefined, level = 0): this {
    const lines = pairs(annotations)
      .filter(([key]) => key !== lastAppliedAnnotation)
      .flatMap(([key, value]) => {
        const text = value.replace(/\n$/, '');
        if (!text.includes('\n') && key.length + text.length + 2 <= longestAnnotation) return [`${key}: ${text}`];
        return [`${key}:`, ...text.split('\n').map((line) => `  ${shortened(line)}`)];
      });
    return this.several('Annotations', lines, level);
  }

  /** A name with one value a line. */
  several(name: string, values: readonly string[], level = 0): this {
    const [first = '<none>', ...rest] = values;
    this.field(name, first, level);
    for (const value of rest) this.line(`${'  '.repeat(level)}\t${value}`);
    return this;
  }

  text(): string {
    return layOutTabs(`${this.#lines.join('\n')}\n`);
  }
}

function shortened(line: string): string {
  return line.length > longestAnnotation ? `${line.slice(0, longestAnnotation)}...` : line;
}

/** Sorted by key. */
export function pairs<T>(map: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 1123 with a numeric zone: `Sun, 22 Nov 2026 20:50:01 +0000`. */
export function longTime(timestamp: string | null | undefined): string {
  if (timestamp === null || timestamp === undefined) return '<unset>';
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${days[time.getUTCDay()]}, ${two(time.getUTCDate())} ${months[time.getUTCMonth()]} ${time.getUTCFullYear()}`;
  return `${date} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}

/** How long ago; `now` in milliseconds since 1970. */
export function ago(timestamp: string | null | undefined, now: number): string {
  return timestamp === null || timestamp === undefined ? '<unknown>' : humanDuration(now - Date.parse(timestamp));
}

export function capital(value: boolean): string {
  return value ? 'True' : 'False';
}
