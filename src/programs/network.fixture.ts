import { Machine } from '../linux/machine.ts';
import type { NetworkNamespace } from '../linux/namespace.ts';
import { Lab } from '../linux/network.fixture.ts';
import { networkFiles } from '../linux/network-files.ts';
import type { Child, Reader } from '../linux/process/process.ts';
import { Collector, textReader } from '../linux/process/streams.ts';
import { programs } from './index.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: Child;
  readonly result: Promise<Ran>;
}

/** Machines on a lab's wire whose programs can be run by command line. */
export class Bench {
  readonly lab: Lab;
  readonly #machines = new Map<NetworkNamespace, Machine<NetworkNamespace>>();

  constructor(seed = 'test') {
    this.lab = new Lab({ seed });
  }

  /** A machine around a namespace; `hosts` is put behind its /etc/hosts. */
  machine(netns: NetworkNamespace, hosts = ''): Machine<NetworkNamespace> {
    const { clock } = this.lab;
    const services: { namespaces?: ReadonlyMap<string, NetworkNamespace> } = {};
    const machine = new Machine({
      name: netns.name.replace(/^.*\//, ''),
      clock,
      random: clock.random.fork(netns.name),
      programs,
      netns,
      network: networkFiles(netns),
      services,
    });
    services.namespaces = machine.namespaces;
    machine.files.write('/etc/hosts', hosts, { append: true });
    this.#machines.set(netns, machine);
    return machine;
  }

  /** Words are split at blanks; quoting is the shell's affair. */
  start(netns: NetworkNamespace, line: string | readonly string[], input: string | Reader = ''): Started {
    const machine = this.#machines.get(netns) ?? this.machine(netns);
    const stdout = new Collector();
    const stderr = new Collector();
    const argv = typeof line === 'string' ? line.split(' ') : line;
    const child = machine.spawn({ argv, stdout, stderr, stdin: typeof input === 'string' ? textReader(input) : input });
    const result = child.exit.then((code) => ({ code, stdout: stdout.text(), stderr: stderr.text() }));
    return { child, result };
  }

  async run(netns: NetworkNamespace, line: string | readonly string[], patience = 300_000, input = ''): Promise<Ran> {
    const ran = await this.lab.settle(this.start(netns, line, input).result, patience);
    if (ran === undefined) throw new Error(`still running after ${patience} ms: ${line}`);
    return ran;
  }
}
