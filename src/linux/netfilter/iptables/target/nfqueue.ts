import { option, target } from '../extension.ts';
import { flag, type Kind, number, type Range } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';

const queues: Kind<Range> = {
  argument: true,
  parse(value) {
    const [from, to] = value.split(':').map((part) => parseNumber(part, 0xffff));
    if (from === undefined || to === undefined) throw new Problem(`Bad range "${value}"`);
    if (from >= to) throw new Problem(`${from} should be less than ${to}`);
    return { from, to };
  },
  save: ({ from, to }) => `${from}:${to}`,
};

export const nfqueue = target({
  name: 'NFQUEUE',
  summary: 'lets a program decide about the packet',
  leavesOut: 'packets are spread over --queue-balance by their addresses; --queue-cpu-fanout: there is one CPU',
  options: {
    'queue-num': option(number(0xffff), { excludes: ['queue-balance'] }),
    'queue-balance': option(queues, { excludes: ['queue-num', 'queue-bypass'].slice(0, 1) }),
    'queue-bypass': option(flag),
    'queue-cpu-fanout': option(flag, { requires: ['queue-balance'] }),
  },
  settle: (values) =>
    values['queue-num'] === undefined && values['queue-balance'] === undefined
      ? { ...values, 'queue-num': { value: 0, inverted: false } }
      : values,
  list(values) {
    const { 'queue-num': one, 'queue-balance': some } = values;
    const text = some === undefined ? `NFQUEUE num ${one?.value ?? 0}` : `NFQUEUE balance ${queues.save(some.value)}`;
    return `${text}${values['queue-bypass'] ? ' bypass' : ''}${values['queue-cpu-fanout'] ? ' cpu-fanout' : ''}`;
  },
  translate({ 'queue-num': one, 'queue-balance': some, 'queue-bypass': bypass, 'queue-cpu-fanout': fanout }) {
    const numbers = some === undefined ? String(one?.value ?? 0) : `${some.value.from}-${some.value.to}`;
    const flags = [bypass && 'bypass', fanout && 'fanout '].filter(Boolean).join(',');
    return `queue num ${numbers} ${flags}`;
  },
  compile({ 'queue-num': one, 'queue-balance': some, 'queue-bypass': skip }) {
    const bypass = skip !== undefined;
    if (some === undefined) {
      const verdict = { queue: one?.value ?? 0, bypass };
      return () => verdict;
    }
    const { from, to } = some.value;
    return ({ packet }) => {
      const mixed = (Number(packet.source) ^ Number(packet.destination)) >>> 0;
      return { queue: from + (mixed % (to - from + 1)), bypass };
    };
  },
});
