import type { IngressClass } from '../../types/networking.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { dnsLabel, dnsSubdomain, pathSegment } from '../validation/names.ts';

const limit = 250;
/** Which class an Ingress without one gets. */
export const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

export const ingressClass: KindDefinition = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  generation: true,
  defaults(draft) {
    const kind = draft as Draft<IngressClass>;
    kind.spec ??= {};
    const { parameters } = kind.spec;
    if (parameters !== undefined && parameters.scope === undefined) {
      kind.spec = { ...kind.spec, parameters: { ...parameters, scope: 'Cluster' } };
    }
  },
  validate(object, errors) {
    const { spec = {} } = of(object);
    validateController(spec.controller ?? '', errors);
    validateParameters(spec.parameters, errors);
  },
  validateUpdate: (object, old, errors) =>
    validateImmutable(of(object).spec?.controller, of(old).spec?.controller, 'spec.controller', errors),
  columns: [column('Name'), column('Controller'), column('Parameters'), column('Age')],
  cells(object, now) {
    const { metadata, spec } = of(object);
    const parameters = spec?.parameters;
    const group = parameters?.apiGroup === undefined ? '' : `.${parameters.apiGroup}`;
    return [
      metadata.annotations?.[DEFAULT_CLASS] === 'true' ? `${metadata.name} (default)` : metadata.name,
      spec?.controller ?? '',
      parameters === undefined ? '<none>' : `${parameters.kind}${group}/${parameters.name}`,
      age(metadata.creationTimestamp, now),
    ];
  },
};

function validateController(controller: string, errors: FieldErrors): void {
  const path = 'spec.controller';
  if (controller.length > limit) errors.tooLong(path, limit);
  if (controller === '') {
    errors.required(path);
    return;
  }
  const slash = controller.indexOf('/');
  const host = controller.slice(0, slash);
  const rest = controller.slice(slash + 1);
  if (slash <= 0 || rest === '') {
    errors.invalid(path, controller, 'must be a domain-prefixed path (such as "acme.io/foo")');
    return;
  }
  for (const problem of dnsSubdomain(host)) errors.invalid(path, host, problem);
  const pattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  if (!new RegExp(`^(?:${pattern})$`).test(rest)) {
    errors.invalid(path, rest, `Invalid path (regex used for validation is '${pattern}')`);
  }
}

function validateParameters(
  parameters: NonNullable<IngressClass['spec']>['parameters'] | undefined,
  errors: FieldErrors,
): void {
  if (parameters === undefined) return;
  const path = 'spec.parameters';
  const { apiGroup, kind, name, scope, namespace } = parameters;
  if (apiGroup !== undefined) {
    for (const problem of dnsSubdomain(apiGroup)) errors.invalid(`${path}.apiGroup`, apiGroup, problem);
  }
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (!value) errors.later.required(`${path}.${field}`);
    else for (const problem of pathSegment(value)) errors.invalid(`${path}.${field}`, value, problem);
  }
  if (scope !== 'Cluster' && scope !== 'Namespace') {
    errors.notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']);
  } else if (scope === 'Namespace') {
    if (namespace === undefined) errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
    else for (const problem of dnsLabel(namespace)) errors.invalid(`${path}.namespace`, namespace, problem);
  } else if (namespace !== undefined) {
    errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
  }
}

function of(object: ApiObject | AnyDraft): IngressClass {
  return object as IngressClass;
}
