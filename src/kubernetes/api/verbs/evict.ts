import type { Pod } from '../../types/pod.ts';
import { readBody } from '../decode/body.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { badRequest } from '../failure.ts';
import type { Answer, OperationOptions } from '../operation.ts';
import { timestamp } from '../time.ts';
import { deleteOne } from './delete.ts';
import { existing, finish, type Request } from './write.ts';

const eviction = { group: 'policy', version: 'v1', kind: 'Eviction', resource: 'evictions' };

/**
 * `pods/NAME/eviction`: a delete that disruption budgets may put off. There are none here, so it is a
 * delete that says why. Source: pkg/registry/core/pod/storage/eviction.go.
 */
export function evict(request: Request): Answer {
  const { registry, served, operation } = request;
  const type = registry.schema.struct('policy.v1.Eviction');
  const { draft } = readBody(operation.body, eviction, type, registry, operation.options?.fieldValidation);
  if (draft.metadata.name !== operation.name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const given = (draft.deleteOptions ?? {}) as OperationOptions & { readonly dryRun?: unknown };
  const dryRun = operation.options?.dryRun === true || Array.isArray(given.dryRun);
  const { gracePeriodSeconds, propagationPolicy, preconditions } = given;
  const options: OperationOptions = {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(preconditions !== undefined && { preconditions }),
    ...(dryRun && { dryRun }),
  };
  const old = existing(request) as Pod;
  if (!dryRun && preconditions === undefined) {
    const marked = withReason(old, timestamp(registry.clock.wall()));
    registry.store.put(served.key, old, (revision) => finish(marked, served, revision));
  }
  deleteOne({ ...request, operation: { ...operation, verb: 'delete', options } });
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', message: '', code: 201 },
  };
}

function withReason(old: Pod, now: string): AnyDraft {
  const pod = { ...old, metadata: { ...old.metadata }, status: { ...old.status } } as Draft<Pod>;
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastProbeTime: null,
    lastTransitionTime: now,
    ...(old.metadata.generation !== undefined && { observedGeneration: old.metadata.generation }),
  } as const;
  pod.status = { ...pod.status, conditions: [...others, condition] };
  return pod as AnyDraft;
}
