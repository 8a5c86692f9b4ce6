import type { Ingress, IngressClass } from '../../types/networking.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindContext, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import { validateIngressSpec, validateIngressStatus } from '../validation/ingress.ts';
import { addressesOf } from './cells.ts';
import { DEFAULT_CLASS } from './ingressclass.ts';

/** How the class was named before `spec.ingressClassName`. */
const CLASS = 'kubernetes.io/ingress.class';
const INGRESS_CLASSES = { group: 'networking.k8s.io', version: 'v1', resource: 'ingressclasses' };

export const ingress: KindDefinition = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  subresources: ['status'],
  generation: true,
  defaults(draft) {
    const ingress = draft as Draft<Ingress>;
    ingress.spec ??= {};
    ingress.status ??= { loadBalancer: {} };
  },
  admit(draft, context) {
    const ingress = draft as Draft<Ingress>;
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[CLASS] !== undefined) return;
    const name = defaultClass(context);
    if (name !== undefined) ingress.spec = { ...ingress.spec, ingressClassName: name };
  },
  prepareCreate(draft) {
    draft.status = { loadBalancer: {} };
  },
  validate: (object, errors) => validateIngressSpec(of(object).spec ?? {}, errors),
  validateStatus: (object, old, errors) => validateIngressStatus(of(object), of(old), errors),
  warnings(object, old) {
    const first = old === undefined && object.metadata.annotations?.[CLASS] !== undefined;
    if (!first || of(object).spec?.ingressClassName !== undefined) return [];
    return [`annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`];
  },
  columns: [column('Name'), column('Class'), column('Hosts'), column('Address'), column('Ports'), column('Age')],
  cells(object, now) {
    const { metadata, spec = {}, status } = of(object);
    return [
      metadata.name,
      spec.ingressClassName ?? '<none>',
      hosts(spec.rules ?? []),
      addressesOf(status?.loadBalancer?.ingress ?? []).join(','),
      spec.tls?.length ? '80, 443' : '80',
      age(metadata.creationTimestamp, now),
    ];
  },
};

/** The admission plug-in DefaultIngressClass: the youngest of those that are marked. */
function defaultClass(context: KindContext): string | undefined {
  const marked = (context.list(INGRESS_CLASSES) as readonly IngressClass[])
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort((a, b) =>
      created(b) < created(a) ? -1 : created(b) > created(a) ? 1 : a.metadata.name < b.metadata.name ? -1 : 1,
    );
  return marked[0]?.metadata.name;
}

function created({ metadata }: IngressClass): string {
  return metadata.creationTimestamp ?? '';
}

/** The count of the rest goes by rules, not by hosts, as upstream's does. */
function hosts(rules: readonly { readonly host?: string }[]): string {
  const list: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (list.length === 3) more = true;
    if (!more && host) list.push(host);
  }
  if (list.length === 0) return '*';
  return more ? `${list.join(',')} + ${rules.length - 3} more...` : list.join(',');
}

function of(object: ApiObject | AnyDraft): Ingress {
  return object as Ingress;
}
