import type { Operation } from '../operation.ts';

type Address = Pick<Operation, 'group' | 'version' | 'resource' | 'namespace' | 'name' | 'subresource'>;

/**
 * Reads `/api/v1[/namespaces/NS]/RESOURCE[/NAME[/SUBRESOURCE]]` and its like under `/apis/GROUP/VERSION`.
 * Undefined for any other path. A namespace's own subresources (`status`, `finalize`) come before resources in it.
 */
export function parsePath(path: string): Address | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;

  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize';
  const namespace = inNamespace ? parts[1] : undefined;
  const [resource, name, subresource, ...rest] = inNamespace ? parts.slice(2) : parts;
  if (!resource || rest.length > 0) return undefined;
  return {
    group,
    version,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}
