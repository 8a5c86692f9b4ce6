import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Schema } from '../schema/schema.ts';
import { ApiError } from './api-error.ts';
import { bootstrap } from './bootstrap.ts';
import type { ConnectRequest } from './connection.ts';
import { serveDefinitions } from './crd/definitions.ts';
import { checkBody } from './decode/limits.ts';
import { type ApiResource, resources } from './discovery.ts';
import { badRequest, Failure, methodNotAllowed, noSuchResource, notFound } from './failure.ts';
import type { KindDefinition } from './kind.ts';
import { kinds } from './kinds/index.ts';
import type { Answer, Operation } from './operation.ts';
import { Registry } from './registry.ts';
import { Store } from './store/store.ts';
import { bind } from './verbs/bind.ts';
import { create } from './verbs/create.ts';
import { deleteCollection, deleteOne } from './verbs/delete.ts';
import { evict } from './verbs/evict.ts';
import { list } from './verbs/list.ts';
import { patch } from './verbs/patch.ts';
import { scale } from './verbs/scale.ts';
import { update } from './verbs/update.ts';
import { watch } from './verbs/watch.ts';
import { answer, existing, type Request } from './verbs/write.ts';

/** What a kubelet offers the API server: the way to its containers. */
export interface NodeConnection {
  /** As `ApiServer.connect`, for pods of that node. */
  connect(request: ConnectRequest): Promise<number>;
}

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly schema: Schema;
  /** How many changes of each resource are kept for watches; older ones are answered 410. */
  readonly history?: number;
  /** The address of the machine that it runs on (`--advertise-address`). */
  readonly advertise?: string;
  /** `--service-cluster-ip-range`. */
  readonly serviceCidr?: string;
}

/** The API server: objects in memory, judged and changed by the rules of their kinds. */
export class ApiServer {
  readonly clock: Clock;
  readonly #registry: Registry;
  readonly #nodes = new Map<string, NodeConnection>();

  constructor({
    clock,
    random,
    schema,
    history = 1000,
    advertise = '172.18.0.2',
    serviceCidr = '10.96.0.0/16',
  }: ApiServerOptions) {
    this.clock = clock;
    const store = new Store(history);
    const handle = (operation: Operation) => this.handle(operation);
    this.#registry = new Registry({ clock, random, schema, store, handle }, kinds);
    serveDefinitions(this.#registry, handle);
    bootstrap({ clock, store, handle, advertise, serviceCidr });
  }

  /** Carries out a request at once. Refusals are answers too: a Status with its code. */
  handle(operation: Operation): Answer {
    const answer = this.#answer(operation);
    const deprecated = this.#registry.deprecation(operation);
    return deprecated === undefined ? answer : { ...answer, warnings: [deprecated, ...(answer.warnings ?? [])] };
  }

  #answer(operation: Operation): Answer {
    try {
      return this.#dispatch(operation);
    } catch (error) {
      if (error instanceof Failure) return { code: error.status.code, body: error.status };
      throw error;
    }
  }

  #dispatch(operation: Operation): Answer {
    const registry = this.#registry;
    const served = registry.find(operation);
    checkBody(operation.body);
    const request: Request = { registry, served, operation };
    const { verb, subresource } = operation;
    if (subresource !== undefined) return this.#dispatchSubresource(request, subresource);
    if (served.kind.verbs?.includes(verb) === false) throw methodNotAllowed();
    switch (verb) {
      case 'get':
        return answer(request, 200, existing(request));
      case 'list':
        return list(request);
      case 'watch':
        return watch(request);
      case 'create':
        return create(request);
      case 'update':
        return update(request);
      case 'patch':
        return patch(request);
      case 'delete':
        return deleteOne(request);
      case 'deletecollection':
        return deleteCollection(request);
    }
  }

  #dispatchSubresource(request: Request, subresource: string): Answer {
    const { kind } = request.served;
    const { verb } = request.operation;
    if (!(kind.subresources as readonly string[] | undefined)?.includes(subresource)) throw noSuchResource();
    if (subresource === 'status' || subresource === 'finalize' || subresource === 'ephemeralcontainers') {
      if (verb === 'get' && subresource !== 'finalize') return answer(request, 200, existing(request));
      if (verb === 'update') return update(request);
      if (verb === 'patch' && subresource !== 'finalize') return patch(request);
    }
    if (subresource === 'eviction' && verb === 'create') return evict(request);
    if (subresource === 'scale') return scale(request);
    if (subresource === 'binding' && verb === 'create') return bind(request);
    throw methodNotAllowed();
  }

  /** Every resource that is served now. */
  get resources(): readonly ApiResource[] {
    return resources(this.#registry.kinds);
  }

  /** What discovery's documents are made of. */
  get kinds(): readonly KindDefinition[] {
    return this.#registry.kinds;
  }

  /** Called by a kubelet that starts; the last one of a name counts. */
  registerNode(name: string, connection: NodeConnection): void {
    this.#nodes.set(name, connection);
  }

  /** exec and logs: passes the request on to the kubelet of the pod's node. Rejects with `ApiError`. */
  async connect(request: ConnectRequest): Promise<number> {
    const pods = { group: '', resource: 'pods', kind: 'Pod' };
    const pod = this.#registry.store.objects('/v1/pods').get(request.namespace, request.pod);
    if (pod === undefined) throw new ApiError(notFound(pods, request.pod).status);
    const { nodeName } = pod.spec as { readonly nodeName?: string };
    if (!nodeName) throw new ApiError(badRequest(`pod ${request.pod} does not have a host assigned`).status);
    const node = this.#nodes.get(nodeName);
    if (node === undefined)
      throw new ApiError(notFound({ group: '', resource: 'nodes', kind: 'Node' }, nodeName).status);
    return node.connect(request);
  }
}
