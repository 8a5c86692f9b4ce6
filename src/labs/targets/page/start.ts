import { Cluster } from '../../../cluster/cluster.ts';
import type { Simulation } from '../../../simulation/simulation.ts';
import { nodeVariables } from '../../spec/cluster.ts';
import type { StartCluster } from './target.ts';

/** Images that a cluster of the course has on its nodes from the start, on both targets. */
const LOADED = ['registry.k8s.io/e2e-test-images/agnhost:2.56', 'docker.io/library/busybox:1.36'];

/** Makes simulated clusters in this simulation, which somebody else runs. */
export function clustersIn(simulation: Simulation): (...args: Parameters<StartCluster>) => Promise<Cluster> {
  return async ({ name, workers, proxy, ...spec }, progress, signal) => {
    const variables = nodeVariables({ name, workers, proxy, ...spec });
    const cluster = new Cluster({ simulation, name, workers, proxy, loaded: LOADED, variables });
    await cluster.start();
    await cluster.ready(progress, signal);
    return cluster;
  };
}
