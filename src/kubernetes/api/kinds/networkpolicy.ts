import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../types/networking.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { cidrProblem, contains, parseCidr, report } from '../validation/ip.ts';
import { cidrWarnings } from '../validation/ip-warnings.ts';
import { portName } from '../validation/names.ts';
import { portProblems } from '../validation/ports.ts';
import { validateLabelSelector } from '../validation/template.ts';

const types = ['Ingress', 'Egress'];

export const networkPolicy: KindDefinition = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  generation: true,
  defaults(draft) {
    const policy = draft as Draft<NetworkPolicy>;
    policy.spec ??= {};
    const { spec } = policy;
    if (Object.isFrozen(spec)) return;
    spec.podSelector ??= {};
    // A policy that speaks of egress isolates both ways.
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    if (spec.ingress) spec.ingress = spec.ingress.map(withProtocols);
    if (spec.egress) spec.egress = spec.egress.map(withProtocols);
  },
  validate(object, errors, old) {
    const kept = old === undefined ? [] : blocksOf(of(old)).flatMap(({ cidr, except = [] }) => [cidr, ...except]);
    validateSpec(of(object), kept, errors);
  },
  warnings: (object) =>
    blocksOf(of(object)).flatMap(({ path, cidr, except = [] }) => [
      ...cidrWarnings(`${path}.cidr`, cidr),
      ...except.flatMap((each, k) => cidrWarnings(`${path}.except[${k}]`, each)),
    ]),
  columns: [column('Name'), column('Pod-Selector'), column('Age')],
  cells(object, now) {
    const { metadata, spec } = of(object);
    return [metadata.name, selectorOf(spec?.podSelector).toString() || '<none>', age(metadata.creationTimestamp, now)];
  },
};

function withProtocols<Rule extends { ports?: Draft<NetworkPolicyPort>[] }>(rule: Rule): Rule {
  if (rule.ports?.every(({ protocol }) => protocol !== undefined) !== false) return rule;
  return { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) };
}

function validateSpec({ spec = {} }: NetworkPolicy, kept: readonly string[], errors: FieldErrors): void {
  validateLabelSelector(spec.podSelector ?? {}, 'spec.podSelector', errors);
  for (const [index, { ports = [], from = [] }] of (spec.ingress ?? []).entries()) {
    const path = `spec.ingress[${index}]`;
    for (const [i, port] of ports.entries()) validatePort(port, `${path}.ports[${i}]`, errors);
    for (const [i, peer] of from.entries()) validatePeer(peer, `${path}.from[${i}]`, kept, errors);
  }
  for (const [index, { ports = [], to = [] }] of (spec.egress ?? []).entries()) {
    const path = `spec.egress[${index}]`;
    for (const [i, port] of ports.entries()) validatePort(port, `${path}.ports[${i}]`, errors);
    for (const [i, peer] of to.entries()) validatePeer(peer, `${path}.to[${i}]`, kept, errors);
  }
  const given = spec.policyTypes ?? [];
  if (given.length > types.length) {
    errors.invalid('spec.policyTypes', given, 'may not specify more than two policyTypes');
    return;
  }
  for (const [index, type] of given.entries()) {
    if (!types.includes(type)) errors.notSupported(`spec.policyTypes[${index}]`, type, types);
  }
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string, errors: FieldErrors): void {
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol)) {
    errors.notSupported(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']);
  }
  const end = `${path}.endPort`;
  if (typeof port === 'number') {
    for (const problem of portProblems(port)) errors.invalid(`${path}.port`, port, problem);
    if (endPort === undefined) return;
    if (endPort < port) errors.invalid(end, endPort, 'must be greater than or equal to `port`');
    for (const problem of portProblems(endPort)) errors.invalid(end, endPort, problem);
  } else if (port !== undefined) {
    if (endPort !== undefined) errors.invalid(end, endPort, 'may not be specified when `port` is non-numeric');
    for (const problem of portName(port)) errors.invalid(`${path}.port`, port, problem);
  } else if (endPort !== undefined) {
    errors.invalid(end, endPort, 'may not be specified when `port` is not specified');
  }
}

function validatePeer(peer: NetworkPolicyPeer, path: string, kept: readonly string[], errors: FieldErrors): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (podSelector !== undefined) validateLabelSelector(podSelector, `${path}.podSelector`, errors);
  if (namespaceSelector !== undefined) validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`, errors);
  if (ipBlock !== undefined) validateBlock(ipBlock, `${path}.ipBlock`, kept, errors);
  const peers = [podSelector, namespaceSelector, ipBlock].filter((each) => each !== undefined).length;
  if (peers === 0) errors.required(path, 'must specify a peer');
  else if (peers > 1 && ipBlock !== undefined) {
    errors.forbidden(path, 'may not specify both ipBlock and another peer');
  }
}

function validateBlock(
  { cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  path: string,
  kept: readonly string[],
  errors: FieldErrors,
): void {
  if (!cidr) {
    errors.later.required(`${path}.cidr`);
    return;
  }
  report(`${path}.cidr`, cidr, cidrProblem(cidr, kept), errors);
  const whole = parseCidr(cidr);
  if (whole === undefined) return;
  for (const [index, text] of except.entries()) {
    const at = `${path}.except[${index}]`;
    report(at, text, cidrProblem(text, kept), errors);
    const part = parseCidr(text);
    if (part === undefined) continue;
    if (!contains(whole, part.address) || whole.length >= part.length) {
      errors.invalid(at, text, 'must be a strict subset of `cidr`');
    }
  }
}

function blocksOf({ spec = {} }: NetworkPolicy) {
  const peers = [
    ...(spec.ingress ?? []).map(({ from = [] }, i) => ({ peers: from, path: `spec.ingress[${i}].from` })),
    ...(spec.egress ?? []).map(({ to = [] }, i) => ({ peers: to, path: `spec.egress[${i}].to` })),
  ];
  return peers.flatMap(({ peers, path }) =>
    peers.flatMap(({ ipBlock }, j) => (ipBlock === undefined ? [] : [{ ...ipBlock, path: `${path}[${j}].ipBlock` }])),
  );
}

function of(object: ApiObject | AnyDraft): NetworkPolicy {
  return object as NetworkPolicy;
}
