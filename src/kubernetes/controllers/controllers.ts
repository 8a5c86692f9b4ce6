import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Client } from '../client/client.ts';
import type { RunningController } from './controller.ts';
import { daemonSetController } from './daemonset/daemonset.ts';
import { deploymentController } from './deployment/deployment.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceController } from './endpointslice/endpointslice.ts';
import { Feeds } from './feeds.ts';
import { garbageCollector } from './garbage-collector.ts';
import { namespaceController } from './namespace.ts';
import { namespaceDefaultsController } from './namespace-defaults.ts';
import { nodeIpamController } from './node-ipam.ts';
import { nodeLifecycleController } from './node-lifecycle.ts';
import { podGarbageCollector } from './pod-gc.ts';
import { replicaSetController } from './replicaset.ts';

export interface Controllers {
  stop(): void;
}

/** kube-controller-manager: every controller, each in its own loop. */
export function startControllers(
  client: Client,
  clock: Clock,
  random: Random,
  options: { clusterCidr: string } = { clusterCidr: '10.244.0.0/16' },
): Controllers {
  const feeds = new Feeds(client);
  const context = { client, clock, random, feeds };
  const running: RunningController[] = [
    namespaceController(context),
    namespaceDefaultsController(context),
    nodeIpamController(context, options.clusterCidr),
    nodeLifecycleController(context),
    garbageCollector(context),
    podGarbageCollector(context),
    deploymentController(context),
    replicaSetController(context),
    daemonSetController(context),
    endpointSliceController(context),
    endpointsController(context),
  ];
  return {
    stop() {
      for (const controller of running) controller.stop();
      feeds.stop();
    },
  };
}
