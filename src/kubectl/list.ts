import type { ApiObject, OperationOptions } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import { type ApiResource, apiVersionOf } from './resources.ts';
import type { Session } from './session.ts';

/** The objects of a kind, each with its kind and version (which a server leaves out of a list's items). */
export async function listObjects(
  session: Session,
  resource: ApiResource,
  at: { readonly namespace?: string },
  options: OperationOptions,
): Promise<readonly ApiObject[]> {
  try {
    const { items } = await session.client.list(resource, at, options);
    return items.map((item) => ({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }));
  } catch (error) {
    throw namingSelectors(error, resource, options);
  }
}

/** kubectl says which selectors the server would not take. */
export function namingSelectors(error: unknown, resource: ApiResource, options: OperationOptions): unknown {
  const { labelSelector = '', fieldSelector = '' } = options;
  if (!(error instanceof ApiError) || error.status.reason !== 'BadRequest' || labelSelector + fieldSelector === '')
    return error;
  const what = `"${resource.group}/${resource.version}, Resource=${resource.resource}"`;
  const message = `Unable to find ${what} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}: ${error.message}`;
  return new ApiError({ ...error.status, message });
}
