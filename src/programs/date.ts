import { gnu, Misuse } from './gnu/options.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const date = gnu(
  {
    name: 'date',
    usage: '[OPTION]... [+FORMAT]',
    does: "Display the simulation's date and time, in UTC.",
    options: [
      { short: 'u', long: 'utc' },
      { short: 'd', long: 'date', value: 'required' },
      { short: 'I', long: 'iso-8601', value: 'optional' },
      { short: 'R', long: 'rfc-email' },
    ],
  },
  async ({ clock, stdout }, parsed) => {
    const [format, extra] = parsed.operands;
    if (extra !== undefined) throw new Misuse(`extra operand ‘${extra}’`);
    if (format !== undefined && !format.startsWith('+')) throw new Misuse(`invalid date ‘${format}’`, { hint: false });
    const iso = parsed.value('iso-8601');
    const usual = parsed.has('rfc-email')
      ? '%a, %d %b %Y %H:%M:%S +0000'
      : iso === undefined
        ? '%a %b %e %H:%M:%S UTC %Y'
        : iso === '' || iso === 'date'
          ? '%Y-%m-%d'
          : '%Y-%m-%dT%H:%M:%S+00:00';
    await stdout.write(`${formatDate(when(parsed.value('date'), clock.wall()), format?.slice(1) ?? usual)}\n`);
    return 0;
  },
);

/** What `-d` names: `@SECONDS`, a day and time as ISO 8601 writes them, `now`, `today`, `yesterday`, `tomorrow`. */
function when(text: string | undefined, now: number): number {
  const DAY = 86_400_000;
  if (text === undefined || text === 'now' || text === 'today') return now;
  if (text === 'yesterday') return now - DAY;
  if (text === 'tomorrow') return now + DAY;
  if (/^@-?\d+(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[-+]\d{2}:\d{2})?)?$/.exec(text);
  const [, day, time = '00:00', zone = 'Z'] = iso ?? [];
  const at = iso === null ? Number.NaN : Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : zone}`);
  if (Number.isNaN(at)) throw new Misuse(`invalid date ‘${text}’`, { hint: false });
  return at;
}

/** strftime(3) in UTC; a conversion that isn't known stays as it is. `wall` is in milliseconds since 1970. */
function formatDate(wall: number, format: string): string {
  const at = new Date(wall);
  const two = (number: number, fill = '0') => String(number).padStart(2, fill);
  const day = DAYS[at.getUTCDay()] ?? '';
  const month = MONTHS[at.getUTCMonth()] ?? '';
  const nanoseconds = String(Math.floor((wall % 1000) * 1e6)).padStart(9, '0');
  const fields: Readonly<Record<string, string>> = {
    Y: String(at.getUTCFullYear()),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    e: two(at.getUTCDate(), ' '),
    H: two(at.getUTCHours()),
    M: two(at.getUTCMinutes()),
    S: two(at.getUTCSeconds()),
    N: nanoseconds,
    I: two(at.getUTCHours() % 12 || 12),
    p: at.getUTCHours() < 12 ? 'AM' : 'PM',
    y: two(at.getUTCFullYear() % 100),
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    B: month,
    s: String(Math.floor(wall / 1000)),
    u: String(at.getUTCDay() || 7),
    Z: 'UTC',
    z: '+0000',
    j: String(Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0)) / 86_400_000) + 1).padStart(3, '0'),
    n: '\n',
    t: '\t',
    '%': '%',
  };
  const compound: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };
  return format
    .replace(/%([FTRD])/g, (_, letter: string) => compound[letter] ?? '')
    .replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
}
