import { packetLength } from '../../../packet/size.ts';
import { namedObject } from './named.ts';
import type { StatementKind } from './statement.ts';

export const counterStatement: StatementKind = {
  keywords: ['counter'],
  summary: 'counts packets and bytes; `counter name "x"`: one that several rules share',
  parse: (parser) => {
    const first = parser.next().at;
    if (parser.is('name')) return namedObject(parser, 'counter', first);
    let packets = 0;
    let bytes = 0;
    if (parser.take('packets')) {
      packets = parser.number();
      parser.expect('bytes');
      bytes = parser.number();
    }
    const at = parser.since(first);
    return () => ({
      print: (style) => (style.stateless === true ? 'counter' : `counter packets ${packets} bytes ${bytes}`),
      compile:
        () =>
        ({ packet }) => {
          packets++;
          bytes += packetLength(packet);
          return undefined;
        },
      at,
    });
  },
};
