import { parseField } from '../spec/field.ts';
import type { ProbeCheck } from '../spec/lab.ts';
import { fillIn, fillInAll } from '../spec/text.ts';
import { type ProbeResult, TargetError } from '../target.ts';
import { lookUp } from './field.ts';
import { differences, shown } from './match.ts';
import { type CheckContext, type CheckKindModule, type Outcome, POD } from './outcome.ts';
import { commandAt, placeInWords, placeOf } from './place.ts';

type Expect = ProbeCheck['probe']['expect'];

/** Real traffic, from a pod, a node or outside, gets the reply that is expected. */
export const probe: CheckKindModule<ProbeCheck> = {
  acts: true,

  describe({ probe: { from, to, at, expect } }) {
    const { host, port } = parts(to);
    const peer = at === undefined ? host : at.replace(/^.*\bof\s+/s, '');
    return `${placeInWords(from)} gets ${expectation(expect)} from ${peer}${port === '' ? '' : ` on port ${port}`}`;
  },

  async evaluate({ probe: written }, context) {
    const expect = fillInAll(written.expect, context.variables);
    const expected = expectation(expect);
    let { variables } = context;
    if (written.at !== undefined) {
      const [address] = await lookUp(written.at, context);
      if (address === undefined) {
        return { state: 'failing', expected, found: `not there yet: ${fillIn(written.at, variables)}` };
      }
      variables = { ...variables, at: address };
    }
    const to = fillIn(written.to, variables);
    const lookAt = commandAt(fillIn(written.from, variables), byHand(to, written.timeout));
    let result: ProbeResult;
    try {
      const request = { from: placeOf(written.from, context), to, timeoutMs: written.timeout * 1000 };
      result = await context.target.probe(request, context.signal);
    } catch (error) {
      if (!(error instanceof TargetError && error.code === 'notFound')) throw error;
      return { state: 'failing', expected, found: error.message };
    }
    const found = resultInWords(result);
    const failing: Outcome = { state: 'failing', expected, found, lookAt };
    if (result.outcome !== expect.outcome) return failing;
    if (result.outcome === 'reply') {
      if (expect.status !== undefined && result.status !== expect.status) return failing;
      if (expect.body !== undefined && !(result.body ?? '').includes(expect.body)) return failing;
      if (expect.source !== undefined && result.source !== expect.source) return failing;
      if (expect.from !== undefined) {
        const wrongPod = await wrongAnswerer(result.pod, expect.from, context);
        if (wrongPod !== undefined) return { ...failing, found: wrongPod };
      }
    }
    return { state: 'passing', expected, found, lookAt };
  },

  watches({ probe: { at } }) {
    const parsed = at === undefined ? undefined : parseField(at);
    return parsed === undefined || 'expected' in parsed ? [POD] : [POD, parsed.query];
  },
};

/** Why the pod that answered is not one of those expected; undefined when it is. */
async function wrongAnswerer(
  pod: string | undefined,
  labels: Readonly<Record<string, string>>,
  { target, signal }: CheckContext,
): Promise<string | undefined> {
  if (pod === undefined) return 'a reply that does not name its pod (ask for /hostname)';
  const pods = await target.get({ ...POD }, signal);
  const answerer = pods.find(({ metadata }) => metadata.name === pod);
  if (answerer === undefined) return `a reply from ${pod}, which is no pod`;
  const lacks = differences(labels, answerer.metadata.labels ?? {});
  return lacks.length === 0
    ? undefined
    : `a reply from pod ${pod}, whose labels are ${shown(answerer.metadata.labels)}`;
}

function expectation({ outcome, status, body, from, source }: Expect): string {
  const labels = from && Object.entries(from).map(([key, value]) => `${key}=${value}`);
  const parts = [
    status === undefined ? '' : `status ${status}`,
    body === undefined ? '' : `"${body}" in the body`,
    labels === undefined ? '' : `an answer of a pod labelled ${labels.join(',')}`,
    source === undefined ? '' : `${source} as the source that the server saw`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? words[outcome] : parts.join(', ');
}

const words = {
  reply: 'a reply',
  refused: '"connection refused"',
  timeout: 'no answer at all (a timeout)',
  unresolved: 'a name that does not resolve',
  unreachable: '"unreachable"',
} as const;

function resultInWords(result: ProbeResult): string {
  if (result.outcome !== 'reply') return `${words[result.outcome]}: ${result.detail}`;
  const parts = [
    result.status === undefined ? 'a reply' : `status ${result.status}`,
    result.pod === undefined ? '' : `from pod ${result.pod}`,
    result.source === undefined ? '' : `which saw ${result.source} as the source`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The command that sends the same by hand. */
function byHand(to: string, timeout: number): string {
  const { protocol, host, port } = parts(to);
  if (protocol === 'icmp') return `ping -c 1 -W ${timeout} ${host}`;
  if (protocol === 'http') return `curl -m ${timeout} ${to}`;
  return `curl -m ${timeout} telnet://${host}:${port}`;
}

function parts(to: string): { readonly protocol: string; readonly host: string; readonly port: string } {
  const [, protocol = '', host = '', port = ''] = /^([a-z]+):\/\/([^/:]+)(?::(\d+))?/.exec(to) ?? [];
  return { protocol, host, port };
}
