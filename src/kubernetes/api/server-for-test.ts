import { eventLoopHost } from '../../simulation/host.ts';
import { Simulation } from '../../simulation/simulation.ts';
import { builtinSchema } from '../schema/schema.ts';
import type { Answer, Operation, Resource, Verb } from './operation.ts';
import { ApiServer } from './server.ts';

const schema = builtinSchema();

/** The pods resource, and a way to make a small one. */
export const pods = {
  group: '',
  version: 'v1',
  resource: 'pods',
  make: (name: string, more: { metadata?: object; spec?: object } = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more.metadata },
    spec: { containers: [{ name: 'main', image: 'busybox:1.36' }], ...more.spec },
  }),
};

export const core = (resource: string): Resource => ({ group: '', version: 'v1', resource });
export const apps = (resource: string): Resource => ({ group: 'apps', version: 'v1', resource });

/** A server on a clock of its own, for tests. */
export function serverForTest(options: { history?: number } = {}) {
  const simulation = new Simulation({ seed: 'test', host: eventLoopHost() });
  const server = new ApiServer({ clock: simulation, random: simulation.random.fork('api'), schema, ...options });
  const handle = (verb: Verb, resource: Resource, rest: Partial<Operation> = {}): Answer =>
    server.handle({
      verb,
      group: resource.group,
      version: resource.version,
      resource: resource.resource,
      user: 'tester',
      ...rest,
    });
  /** The body of the answer, be it an object or a Status. */
  const ask = (verb: Verb, resource: Resource, rest: Partial<Operation> = {}): unknown => {
    const answer = handle(verb, resource, rest);
    return 'body' in answer ? answer.body : answer.watch;
  };
  return { simulation, server, handle, ask };
}
