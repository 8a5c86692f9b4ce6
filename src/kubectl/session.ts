import type { Answer, ApiObject, Status } from '../kubernetes/api/operation.ts';
import { ApiError, type Client } from '../kubernetes/client/client.ts';
import type { Process } from '../linux/process/process.ts';
import { CommandError } from './errors.ts';
import type { FlagValues } from './flags/flag.ts';
import { type ApiResource, ResourceMapper } from './resources.ts';

/** The cluster that a machine's kubectl speaks to: what a kubeconfig would say. */
export interface KubernetesAccess {
  readonly client: Client;
  /** What the server's discovery would answer. */
  readonly resources: readonly ApiResource[];
  /** `kind-hop-pods`. */
  readonly currentContext: string;
  /** The cluster's and the user's entry in the kubeconfig; absent: as the context. */
  readonly cluster?: string;
  readonly user?: string;
  /** The context's namespace; absent: `default`. */
  readonly namespace?: string;
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
}

declare module '../linux/process/process.ts' {
  interface Services {
    readonly kubernetes?: KubernetesAccess;
  }
}

/** One call of kubectl: where it prints, whom it asks, in which namespace. */
export class Session {
  readonly process: Process;
  readonly access: KubernetesAccess;
  readonly client: Client;
  readonly mapper: ResourceMapper;
  readonly namespace: string;
  /** `-n` was given: objects in files must then be of this namespace. */
  readonly namespaceGiven: boolean;

  constructor(process: Process, access: KubernetesAccess, flags: FlagValues) {
    this.process = process;
    this.access = access;
    this.client = access.client;
    this.mapper = new ResourceMapper(access.resources);
    this.namespaceGiven = flags.given('namespace') && flags.text('namespace') !== '';
    this.namespace = this.namespaceGiven ? flags.text('namespace') : (access.namespace ?? 'default');
    const context = flags.text('context');
    if (context !== '' && context !== access.currentContext)
      throw new CommandError(`context "${context}" does not exist`);
  }

  /** Aborts when kubectl is interrupted. */
  get ended() {
    return this.process.signals.ended;
  }

  async out(text: string): Promise<void> {
    if (text !== '') await this.process.stdout.write(text);
  }

  async err(text: string): Promise<void> {
    if (text !== '') await this.process.stderr.write(text);
  }

  async warn(text: string): Promise<void> {
    await this.err(`Warning: ${text}\n`);
  }

  /** Sends a request, prints the server's warnings. @throws ApiError for a failure. */
  async request(operation: Parameters<Client['handle']>[0]): Promise<ApiObject> {
    const answer: Answer = await this.client.handle(operation);
    if ('watch' in answer) throw new Error('a watch is not a request for one object');
    for (const warning of answer.warnings ?? []) await this.warn(warning);
    if (isFailure(answer.body)) throw new ApiError(answer.body);
    return answer.body as ApiObject;
  }

  /** `{namespace}` for a namespaced resource, `{}` for a cluster-scoped one. */
  scope(resource: ApiResource, namespace: string = this.namespace): { namespace?: string } {
    return resource.namespaced ? { namespace } : {};
  }

  /** A path from the command line, as an absolute one. */
  path(path: string): string {
    if (path.startsWith('/')) return path;
    if (path.startsWith('~/')) return `${this.process.env.get('HOME') ?? '/root'}${path.slice(1)}`;
    return `${this.process.cwd === '/' ? '' : this.process.cwd}/${path}`;
  }
}

function isFailure(body: object): body is Status {
  return 'kind' in body && body.kind === 'Status' && 'status' in body && body.status === 'Failure';
}
