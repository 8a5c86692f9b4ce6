import type { Resource } from '../../../kubernetes/api/operation.ts';
import type { KindName } from '../../target.ts';
import { TargetError } from '../../target.ts';
import type { ApiFetch } from './request.ts';

/** One entry of an APIResourceList: what a server serves. */
export interface ServedResource extends Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Which resource serves a kind: asked of the server, one group version at a time, and kept. */
export class Discovery {
  readonly #fetch: ApiFetch;
  readonly #server: string;
  readonly #groupVersions = new Map<string, Promise<readonly ServedResource[]>>();

  constructor(fetch: ApiFetch, server: string) {
    this.#fetch = fetch;
    this.#server = server;
  }

  /** Throws `notFound` for a kind that the cluster doesn't know. */
  async find({ apiVersion, kind }: KindName): Promise<ServedResource> {
    const served = (await this.groupVersion(apiVersion)).find((resource) => resource.kind === kind);
    if (served === undefined) throw new TargetError('notFound', `The cluster knows no ${kind} in ${apiVersion}.`);
    return served;
  }

  /** The resources of `v1`, `apps/v1`, ...; none for a group version that isn't there. */
  groupVersion(apiVersion: string): Promise<readonly ServedResource[]> {
    const known = this.#groupVersions.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.#ask(apiVersion);
    this.#groupVersions.set(apiVersion, asked);
    // A failure, or a kind that isn't there yet (a CRD may follow), is asked again next time.
    asked.then(
      (resources) => resources.length === 0 && this.#groupVersions.delete(apiVersion),
      () => this.#groupVersions.delete(apiVersion),
    );
    return asked;
  }

  /** Each group in the version that the server prefers. */
  async preferred(): Promise<readonly string[]> {
    const { groups } = (await this.#json('/apis')) as {
      groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
    };
    return ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  }

  async #ask(apiVersion: string): Promise<readonly ServedResource[]> {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const list = (await this.#json(group === '' ? `/api/${version}` : `/apis/${group}/${version}`)) as {
      resources?: readonly { name: string; kind: string; namespaced: boolean; verbs: readonly string[] }[];
    };
    return (list.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => ({
        ...{ group: group ?? '', version: version ?? '', resource: name },
        ...{ apiVersion, kind, namespaced, verbs },
      }));
  }

  async #json(path: string): Promise<unknown> {
    const answer = await this.#fetch(this.#server + path).catch((error: Error) => {
      throw new TargetError('unavailable', `The cluster's API server does not answer: ${error.message}`);
    });
    return answer.status === 404 ? {} : await answer.json();
  }
}
