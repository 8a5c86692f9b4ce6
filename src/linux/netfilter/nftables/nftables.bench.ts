import { eventLoopHost } from '../../../simulation/host.ts';
import { Simulation } from '../../../simulation/simulation.ts';
import { measureHops } from '../../hops.bench.ts';
import { NetworkNamespace } from '../../namespace.ts';
import { formatIp } from '../../packet/address.ts';
import { TapSource } from '../../tap/source.ts';
import { carryOut } from './command/carry-out.ts';
import { nftablesOf } from './kernel.ts';
import { describeError } from './parse/location.ts';

const FIRST = 10 * 2 ** 24 + 96 * 2 ** 16;

function load({ stack }: NetworkNamespace, text: string): void {
  const kernel = nftablesOf(stack);
  const style = { devices: kernel.runtime.devices };
  const { errors } = carryOut(kernel, { text, style, readFile: () => undefined });
  if (errors.length > 0) throw new Error(errors.map(describeError).join(''));
}

/** As kube-proxy writes them: each service has a chain, and one map leads to all of them. */
function services(count: number): string {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { ${numbers.map((i) => `${formatIp(FIRST + i)} . tcp . 80 : goto service-${i}`).join(',\n')} }
	}
${numbers.map((i) => `\tchain service-${i} {\n\t\tip saddr != 10.244.0.0/16 accept\n\t}`).join('\n')}
	chain forward {
		type filter hook forward priority 0; policy accept;
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
}
`;
}

/** Hops as `measureHops` counts them, where each router looks its packets up in a map of so many services. */
export function measureMapHops(options: { services: number; milliseconds: number }) {
  const text = services(options.services);
  return measureHops({ traced: false, milliseconds: options.milliseconds, prepare: (router) => load(router, text) });
}

/** The same with so many rules in a row that all don't match. */
export function measureRuleHops(options: { rules: number; milliseconds: number }) {
  const rules = Array.from({ length: options.rules }, (_, i) => `\t\tip daddr ${formatIp(FIRST + i)} drop\n`).join('');
  const text = `table ip t {\n\tchain c {\n\t\ttype filter hook forward priority 0;\n${rules}\t}\n}\n`;
  return measureHops({ traced: false, milliseconds: options.milliseconds, prepare: (router) => load(router, text) });
}

/** Loads the rules of so many services, then adds one more. @returns milliseconds of real time for each. */
export function measureLoading(count: number): { readonly all: number; readonly one: number } {
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const namespace = new NetworkNamespace({ name: 'n', clock, random: clock.random, tap: new TapSource() });
  const text = services(count);
  const start = performance.now();
  load(namespace, text);
  const loaded = performance.now();
  load(
    namespace,
    `table ip kube-proxy {\n\tchain service-new {\n\t\taccept\n\t}\n}
add element ip kube-proxy service-ips { 10.111.0.1 . tcp . 80 : goto service-new }\n`,
  );
  return { all: loaded - start, one: performance.now() - loaded };
}
