import type { Scale } from '../../types/apps.ts';
import type { LabelSelector } from '../../types/meta.ts';
import { trackUpdate } from '../apply/track.ts';
import { parseJsonPath, readJsonPath, withValue } from '../crd/json-path.ts';
import { readBody } from '../decode/body.ts';
import type { AnyDraft } from '../draft.ts';
import { methodNotAllowed } from '../failure.ts';
import type { ScalePaths } from '../kind.ts';
import type { Answer, ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { applyPatch } from './patch.ts';
import { replace } from './update.ts';
import { existing, managerOf, type Request } from './write.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale', resource: 'scales' };

/** The scale subresource: a small view on a workload through which only its replicas can be set. */
export function scale(request: Request): Answer {
  const { registry, served, operation } = request;
  const old = existing(request);
  const paths = served.kind.scale ?? builtin;
  if (operation.verb === 'get') return { code: 200, body: viewOf(old, paths) };
  if (operation.verb !== 'update' && operation.verb !== 'patch') throw methodNotAllowed();
  const type = registry.schema.struct('autoscaling.v1.Scale');
  const body = operation.verb === 'patch' ? applyPatch(viewOf(old, paths), operation, type) : operation.body;
  const { draft: wanted } = readBody(body, scaleKind, type, registry, operation.options?.fieldValidation);
  const replicas = (wanted as unknown as Scale).spec?.replicas ?? 0;
  const errors = new FieldErrors();
  if (replicas < 0) errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  errors.refuse(scaleKind, old.metadata.name);
  const draft = {
    ...old,
    metadata: { ...old.metadata },
  } as ApiObject as unknown as AnyDraft;
  Object.assign(draft, withValue(draft, paths.spec, replicas));
  // The lock is on what the client saw, if it says what that was.
  if (wanted.metadata.resourceVersion) draft.metadata.resourceVersion = wanted.metadata.resourceVersion;
  const changed = replace(
    { ...request, operation: { ...operation, subresource: undefined as never } },
    draft,
    old,
    (made) => trackUpdate(made, old, served, managerOf(operation), registry.clock.wall(), 'scale'),
  );
  return { code: 200, body: viewOf(changed, paths) };
}

const builtin: ScalePaths = { spec: parse('.spec.replicas'), status: parse('.status.replicas') };

function parse(path: string) {
  return parseJsonPath(path) ?? [];
}

function viewOf(object: ApiObject, paths: ScalePaths): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = readJsonPath(object, paths.spec);
  const current = readJsonPath(object, paths.status);
  const given = paths.selector && readJsonPath(object, paths.selector);
  const own = paths === builtin ? selectorOf((object.spec as { selector?: LabelSelector }).selector).toString() : given;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: replicas ? { replicas } : {},
    status: { replicas: current ?? 0, ...(own ? { selector: own } : {}) },
  };
}
