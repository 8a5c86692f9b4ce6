import type { Pod } from '../../types/pod.ts';
import { readBody } from '../decode/body.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { conflict } from '../failure.ts';
import type { Answer } from '../operation.ts';
import { timestamp } from '../time.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { existing, finish, type Request } from './write.ts';

const binding = { group: '', version: 'v1', kind: 'Binding', resource: 'bindings' };

/** `pods/NAME/binding`: how a scheduler gives a pod its node, once. */
export function bind(request: Request): Answer {
  const { registry, served, operation } = request;
  const type = registry.schema.struct('core.v1.Binding');
  const { draft: body } = readBody(operation.body, binding, type, registry, operation.options?.fieldValidation);
  const target = body.target as { readonly kind?: string; readonly name?: string } | undefined;
  const errors = new FieldErrors();
  if (target?.kind && target.kind !== 'Node') errors.notSupported('target.kind', target.kind, ['Node', '<empty>']);
  if (!target?.name) errors.required('target.name');
  errors.refuse(binding, body.metadata.name ?? '');

  const old = existing(request) as Pod;
  const refuse = (why: string) => conflict({ ...served.kind, resource: 'pods/binding' }, old.metadata.name, why);
  if (old.metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${old.metadata.name} is being deleted, cannot be assigned to a host`);
  if (old.spec.nodeName) throw refuse(`pod ${old.metadata.name} is already assigned to node "${old.spec.nodeName}"`);
  if (old.spec.schedulingGates?.length) {
    throw refuse(`pod ${old.metadata.name} has non-empty .spec.schedulingGates`);
  }

  const pod = {
    ...old,
    metadata: { ...old.metadata },
    spec: { ...old.spec, nodeName: target?.name ?? '' },
  } as Draft<Pod>;
  const others = (old.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  pod.status = {
    ...(old.status as Draft<Pod>['status']),
    conditions: [
      ...(others as Draft<typeof others>),
      {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: timestamp(registry.clock.wall()),
      },
    ],
  };
  if (operation.options?.dryRun !== true) {
    registry.store.put(served.key, old, (revision) => finish(pod as AnyDraft, served, revision));
  }
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', message: '', code: 201 },
  };
}
