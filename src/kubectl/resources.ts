import type { ApiResource } from '../kubernetes/api/discovery.ts';
import type { Resource } from '../kubernetes/api/operation.ts';
import { CommandError } from './errors.ts';

export type { ApiResource } from '../kubernetes/api/discovery.ts';

/** Finds resources by whatever name people give them: `pods`, `po`, `Pod`, `deployments.apps`, `deploy.v1.apps`. */
export class ResourceMapper {
  readonly all: readonly ApiResource[];

  constructor(all: readonly ApiResource[]) {
    this.all = all;
  }

  /** @throws CommandError as kubectl words it. */
  find(name: string): ApiResource {
    const found = this.lookup(name);
    if (found !== undefined) return found;
    const [resource, ...group] = name.split('.');
    throw new CommandError(
      group.length === 0
        ? `the server doesn't have a resource type "${name}"`
        : `the server doesn't have a resource type "${resource}" in group "${group.join('.')}"`,
    );
  }

  lookup(name: string): ApiResource | undefined {
    const [word, ...rest] = name.split('.');
    const wanted = (word ?? '').toLowerCase();
    const called = (one: ApiResource) =>
      one.resource === wanted ||
      one.singular === wanted ||
      one.shortNames.includes(wanted) ||
      one.kind.toLowerCase() === wanted;
    const candidates = this.all.filter(called);
    if (rest.length === 0) return candidates[0];
    return candidates.find((one) => {
      const group = rest.join('.');
      return (
        group === one.group ||
        group === `${one.version}.${one.group}` ||
        group === (one.group === '' ? one.version : undefined)
      );
    });
  }

  /** The resources of a category (`all`); undefined where there is no such category. */
  category(name: string): readonly ApiResource[] | undefined {
    const members = this.all.filter((one) => one.categories.includes(name));
    return members.length === 0 ? undefined : members;
  }

  /** The resource that serves a kind. @throws CommandError for a kind that the server doesn't know. */
  forKind(apiVersion: string, kind: string): ApiResource {
    const found = this.all.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    if (found !== undefined) return found;
    throw new CommandError(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, `pods`: as the server's errors and `api-resources -o name` say it. */
export function qualified(resource: Resource): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** `deployment.apps/web`: as kubectl names an object that it did something to. */
export function objectName(resource: ApiResource, name: string): string {
  return `${singularName(resource)}/${name}`;
}

/** `deployment.apps`. */
export function singularName(resource: ApiResource): string {
  const kind = resource.kind.toLowerCase();
  return resource.group === '' ? kind : `${kind}.${resource.group}`;
}

/** The resource's name alone, without what discovery adds. */
export function resourceOf({ group, version, resource }: Resource): Resource {
  return { group, version, resource };
}
