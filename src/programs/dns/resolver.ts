import { LinuxError } from '../../linux/errno.ts';
import type { Process } from '../../linux/process/process.ts';
import type { Endpoint } from '../../linux/socket/socket.ts';
import { type Exchanged, exchangeTcp, exchangeUdp } from './exchange.ts';
import { CLASS_IN, type DnsMessage, query } from './message.ts';
import type { ResolverConfiguration } from './resolv-conf.ts';
import { labelsOf } from './wire.ts';

const DNS_PORT = 53;
const NXDOMAIN = 3;
/** SERVFAIL, NOTIMP, REFUSED: the next server may know better (res_send.c). */
const UNHELPFUL = new Set([2, 4, 5]);

/**
 * What came of a search: the answers for each type that was asked for, or why there are none. `noname`: there is no such
 * name; `nodata`: it has nothing of these types; `again`: no server gave an answer.
 */
export type Searched =
  | { readonly outcome: 'found'; readonly answers: readonly DnsMessage[] }
  | { readonly outcome: 'noname' | 'nodata' | 'again' };

/** glibc's stub resolver (resolv/res_query.c, res_send.c): search list, servers in order, attempts. */
export class StubResolver {
  readonly #process: Process;
  readonly #configuration: ResolverConfiguration;

  constructor(process: Process, configuration: ResolverConfiguration) {
    this.#process = process;
    this.#configuration = configuration;
  }

  /** res_search: `name` with the search list, by its dots and `ndots`. */
  async search(name: string, types: readonly number[]): Promise<Searched> {
    const { search, ndots } = this.#configuration;
    if (name.endsWith('.')) return this.query(name, types);
    const asIs = name.split('.').length - 1 >= ndots;
    const tries = asIs
      ? [name, ...search.map((domain) => `${name}.${domain}`)]
      : search.map((domain) => `${name}.${domain}`);
    let first: Searched | undefined;
    let last: Searched = { outcome: 'noname' };
    let nodata = false;
    let failed = false;
    for (const [i, candidate] of tries.entries()) {
      const { result, failure } = await this.#ask(`${candidate}.`, types);
      if (result.outcome === 'found') return result;
      if (asIs && i === 0) first = result;
      last = result;
      if (result.outcome === 'nodata') nodata = true;
      if (failure === 'unreachable') return result;
      if (failure === 'told') failed = true;
      // Servers that fail are passed over; silence ends the search.
      if (failure === 'silent') break;
    }
    if (!asIs) {
      const { result } = await this.#ask(`${name}.`, types);
      if (result.outcome === 'found') return result;
      last = result;
    }
    if (first !== undefined) return first;
    if (nodata) return { outcome: 'nodata' };
    return failed ? { outcome: 'again' } : last;
  }

  /** res_query: this name and no other. */
  async query(name: string, types: readonly number[]): Promise<Searched> {
    return (await this.#ask(name, types)).result;
  }

  /** `failure`: what no server did better than: say that it failed, be silent, not be there. */
  async #ask(
    name: string,
    types: readonly number[],
  ): Promise<{ readonly result: Searched; readonly failure?: 'told' | 'silent' | 'unreachable' }> {
    if (labelsOf(name) === undefined) return { result: { outcome: 'noname' } };
    const { servers, attempts, timeout } = this.#configuration;
    const queries = types.map((type) => query(this.#process.random.below(65536), { name, type, class: CLASS_IN }));
    let failure: 'told' | 'silent' | 'unreachable' = 'unreachable';
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (const [i, address] of servers.entries()) {
        // res_send.c, send_dg: retrans << ns, shared among the servers behind the first.
        const patience = (timeout * 2 ** i) / (i === 0 ? 1 : servers.length);
        const answers = await this.#exchange({ address, port: DNS_PORT }, queries, patience);
        if (answers === undefined) continue;
        const messages = answers.flatMap((answer) => (answer === undefined ? [] : [answer.message]));
        if (messages.length < queries.length) {
          if (failure === 'unreachable') failure = 'silent';
        } else if (messages.some(({ code }) => UNHELPFUL.has(code))) failure = 'told';
        else return { result: outcomeOf(messages) };
      }
    }
    return { result: { outcome: 'again' }, failure };
  }

  /** @returns undefined where the server can't be reached. */
  async #exchange(
    server: Endpoint,
    queries: readonly DnsMessage[],
    timeout: number,
  ): Promise<readonly (Exchanged | undefined)[] | undefined> {
    const process = this.#process;
    try {
      if (this.#configuration.useTcp) {
        return await Promise.all(queries.map((one) => exchangeTcp(process, server, one, { timeout })));
      }
      const answers = await exchangeUdp(process, server, queries, { timeout });
      return await Promise.all(
        answers.map((answer, i) => {
          const asked = queries[i];
          if (answer?.message.truncated !== true || asked === undefined) return answer;
          return exchangeTcp(process, server, asked, { timeout });
        }),
      );
    } catch (error) {
      process.signals.ended.throwIfAborted();
      if (error instanceof LinuxError) return undefined;
      throw error;
    }
  }
}

function outcomeOf(messages: readonly DnsMessage[]): Searched {
  const types = messages.map(({ questions }) => questions[0]?.type);
  const has = messages.some(({ answers }, i) => answers.some(({ type }) => type === types[i]));
  if (has) return { outcome: 'found', answers: messages };
  return { outcome: messages.some(({ code }) => code === NXDOMAIN) ? 'noname' : 'nodata' };
}
