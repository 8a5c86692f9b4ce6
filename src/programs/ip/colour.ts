import type { IpOptions } from '../iproute2/context.ts';

/** iproute2's palette (lib/color.c) for a terminal whose background is not known to be dark. */
const colours = { device: 36, link: 33, address: 35, up: 32, down: 31 } as const;
type Colour = keyof typeof colours;

function painted(colour: Colour, text: string): string {
  return text === '' ? '' : `\x1b[${colours[colour]}m${text}\x1b[0m`;
}

type Painter = (text: string) => string;

/** What stands before, is painted, and stands behind. Blanks are painted where the real tool prints them with the word. */
function after(words: RegExp, colour: Colour): Painter {
  return (text) => text.replace(words, (_, before: string, word: string) => before + painted(colour, word));
}

/** A word's value, with the blank behind; a colour may have ended just before the word. */
const word = (name: string): RegExp => new RegExp(`((?<![^\\sm])${name} )(\\S+ )`, 'g');

const inOrder =
  (...painters: readonly Painter[]): Painter =>
  (text) =>
    painters.reduce((so, painter) => painter(so), text);

function painterOfState(text: string): string {
  const word = text.trimEnd();
  return word === 'UP' ? painted('up', text) : word === 'DOWN' ? painted('down', text) : text;
}

const link = inOrder(
  after(/^(\d+: )(\S+: )(?=<)/gm, 'device'),
  (text) => text.replace(/(?<=^\d.* state )\S+ /gm, painterOfState),
  after(/((?<=^|\\) {4}link\/\S+ )(\S+)/gm, 'link'),
  after(/((?<=^|\\) {4}link\/\S+ \S+ (?:brd|peer) )(\S+)/gm, 'link'),
);

const addresses = inOrder(
  after(/( {4}inet )([\d.]+)(?=[ /])/gm, 'address'),
  after(/( {4}inet \S+ peer )([\d.]+)(?=\/)/gm, 'address'),
  after(/( {4}inet .*?brd )(\S+ )/gm, 'address'),
);

const brief: Painter = (text) =>
  text.replace(
    /^(\S+ +)(\S+ +)(.*)$/gm,
    (_, name: string, state: string, rest: string) =>
      painted('device', name) +
      painterOfState(state) +
      rest
        .replace(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2} /, (mac) => painted('link', mac))
        .replace(/\d+(?:\.\d+){3}(?=\/| peer )/g, (address) => painted('address', address)),
  );

const route = inOrder(
  after(/^((?:[a-z]+ )?)((?:\d+\.){3}\S+ )/gm, 'address'),
  after(word('via'), 'address'),
  // Of a route over several ways the devices have no colour.
  (text) => text.replace(/^(?!\tnexthop).*$/gm, after(word('dev'), 'device')),
  after(word('src'), 'address'),
);

const neighbour = inOrder(
  after(/^()([\d.]+ )/gm, 'address'),
  after(word('dev'), 'device'),
  after(word('lladdr'), 'link'),
);

const briefNeighbour: Painter = (text) =>
  text.replace(
    /^(.{40})(\S+ +)(.*)$/gm,
    (_, address: string, device: string, mac: string) =>
      painted('address', address) + painted('device', device) + painted('link', mac),
  );

const rule = inOrder(after(/(\b(?:from|to) )([\d.]+)(?=[ /])/g, 'address'), after(/(\b[io]if )(\S+)/g, 'device'));

/** What `-c` does to the finished text of an object; undefined: it has no colours. */
export function painterOf(object: string, options: Readonly<IpOptions>): Painter | undefined {
  switch (object) {
    case 'link':
      return options.brief ? brief : link;
    case 'address':
      return options.brief ? brief : inOrder(link, addresses);
    case 'route':
      return route;
    case 'neighbor':
    case 'neighbour':
      return options.brief ? briefNeighbour : neighbour;
    case 'rule':
      return rule;
    default:
      return undefined;
  }
}
