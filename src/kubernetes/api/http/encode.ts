import type { ApiObject, ObjectList, Status, Table, WatchEvent } from '../operation.ts';

type Body = ApiObject | ObjectList | Table | Status;

/** The body as it goes over the wire. Tables carry only the objects' metadata, unless the client asked for all. */
export function encodeBody(body: Body, metadataOnly: boolean): unknown {
  if (isTable(body)) return encodeTable(body, metadataOnly);
  if (isSuccess(body)) return { ...body, message: undefined, code: undefined };
  return body;
}

export function encodeEvent({ type, object }: WatchEvent, metadataOnly: boolean): unknown {
  return { type, object: encodeBody(object, metadataOnly) };
}

function isTable(body: Body): body is Table {
  return body.kind === 'Table' && 'columnDefinitions' in body;
}

function isSuccess(body: Body): body is Status {
  return body.kind === 'Status' && (body as Status).status === 'Success';
}

function encodeTable(table: Table, metadataOnly: boolean): unknown {
  if (!metadataOnly) return table;
  return {
    ...table,
    rows: table.rows.map(({ cells, object }) => ({
      cells,
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}
