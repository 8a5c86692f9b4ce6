import { resources } from '../api/discovery.ts';
import { kinds } from '../api/kinds/index.ts';
import type { ApiObject, Resource } from '../api/operation.ts';
import { apiVersion } from '../api/registry.ts';
import type { Client } from '../client/client.ts';
import type { Addon, ClusterFacts } from './addon.ts';

/** Creates the objects of a cluster's components; pods come about when nodes and controllers are there. */
export async function install(client: Client, addons: readonly Addon[], facts: ClusterFacts): Promise<void> {
  for (const object of addons.flatMap((addon) => addon(facts))) {
    const { namespace } = object.metadata;
    await client.create(resourceOf(object), object, namespace === undefined ? {} : { namespace });
  }
}

function resourceOf(object: ApiObject): Resource {
  const found = resources(kinds).find((one) => one.kind === object.kind && apiVersion(one) === object.apiVersion);
  if (found === undefined) throw new Error(`the API server has no ${object.kind} of ${object.apiVersion}`);
  return found;
}
