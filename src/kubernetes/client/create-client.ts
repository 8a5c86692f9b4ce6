import type {
  Answer,
  ApiObject,
  ObjectList,
  Operation,
  OperationOptions,
  Resource,
  Status,
  Table,
  Watch,
} from '../api/operation.ts';
import { ApiError, type Client, type ObjectName, type Transport } from './client.ts';

type Place = { readonly namespace?: string; readonly name?: string };
type Body = Extract<Answer, { readonly body: unknown }>['body'];

/** A client that asks as `user`. */
export function createClient(transport: Transport, user: string): Client {
  const ask = async (operation: Omit<Operation, 'user'>): Promise<Body> => {
    const answer = await transport.handle({ ...operation, user });
    if (!('body' in answer)) throw new Error(`${operation.verb} was answered by a watch`);
    if (isFailure(answer.body)) throw new ApiError(answer.body);
    return answer.body;
  };
  const at = (resource: Resource, place: Place = {}, options?: OperationOptions) => ({
    group: resource.group,
    version: resource.version,
    resource: resource.resource,
    ...(place.namespace !== undefined && { namespace: place.namespace }),
    ...(place.name !== undefined && { name: place.name }),
    ...(options && { options }),
  });

  return {
    ...(transport.clock && { clock: transport.clock }),
    get: async (resource, place) => (await ask({ verb: 'get', ...at(resource, place) })) as ApiObject,
    list: async (resource, place, options) =>
      (await ask({ verb: 'list', ...at(resource, place, options) })) as ObjectList,
    table: async (resource, place, options) =>
      (await ask({
        verb: place?.name === undefined ? 'list' : 'get',
        ...at(resource, place, { ...options, table: true }),
      })) as Table,
    async watch(resource, place, options): Promise<Watch> {
      const answer = await transport.handle({ verb: 'watch', ...at(resource, place, options), user });
      if ('watch' in answer) return answer.watch;
      throw new ApiError(answer.body as Status);
    },
    async create(resource, object, place, options) {
      const { namespace } = (object as Partial<ApiObject>).metadata ?? {};
      const where = { ...(namespace !== undefined && { namespace }), ...place };
      return (await ask({ verb: 'create', ...at(resource, where, options), body: object })) as ApiObject;
    },
    update: async (resource, object, subresource) =>
      (await ask({
        verb: 'update',
        ...at(resource, nameOf(object)),
        ...(subresource !== undefined && { subresource }),
        body: object,
      })) as ApiObject,
    async patch(resource, place, patch, { type, subresource, ...options }) {
      return (await ask({
        verb: 'patch',
        ...at(resource, place, options),
        patchType: type,
        ...(subresource !== undefined && { subresource }),
        body: patch,
      })) as ApiObject;
    },
    delete: async (resource, place, options) =>
      (await ask({ verb: 'delete', ...at(resource, place, options) })) as ApiObject | Status,
    async deleteCollection(resource, place, options) {
      await ask({ verb: 'deletecollection', ...at(resource, place, options) });
    },
    handle: (operation) => transport.handle({ ...operation, user }),
    connect: (request) => transport.connect(request),
  };
}

function nameOf({ metadata: { namespace, name } }: ApiObject): ObjectName {
  return { ...(namespace !== undefined && { namespace }), name };
}

function isFailure(body: Body): body is Status {
  return body.kind === 'Status' && (body as Status).status === 'Failure';
}
