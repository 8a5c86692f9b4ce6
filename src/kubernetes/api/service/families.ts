import type { Service, ServiceSpec } from '../../types/service.ts';
import type { Draft } from '../draft.ts';
import { equal } from '../draft.ts';
import { validateClusterIps } from '../validation/cluster-ips.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { isIpv6 } from '../validation/ip.ts';
import { serviceName } from './fields.ts';

const SINGLE = 'SingleStack';

/**
 * Gives a Service its address families (KEP-563), on a cluster that has IPv4 alone; throws where it
 * asks for what such a cluster can't give. Source: alloc.go, `initIPFamilyFields`.
 */
export function initFamilies(service: Draft<Service>, old: Service | undefined): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const headless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  if (old !== undefined && keepsPreferred(spec as ServiceSpec, old.spec)) return;
  spec.ipFamilyPolicy ??= old?.spec.ipFamilyPolicy ?? (headless ? 'RequireDualStack' : SINGLE);
  const name = service.metadata.name ?? '';
  const first = new FieldErrors();
  validateClusterIps(spec as ServiceSpec, old?.spec, first);
  first.refuse(serviceName, name);

  const errors = new FieldErrors();
  if (old !== undefined) shrink(spec, old.spec, errors);
  if (spec.ipFamilyPolicy === SINGLE) {
    const needed = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
    if (spec.clusterIPs?.length === 2) {
      errors.invalid('spec.ipFamilyPolicy', SINGLE, `${needed} cluster IPs are specified`);
    }
    if (spec.ipFamilies?.length === 2) {
      errors.invalid('spec.ipFamilyPolicy', SINGLE, `${needed} IP families are specified`);
    }
  }
  for (const [index, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (index < (spec.ipFamilies ?? []).length) continue;
    if (isIpv6(ip)) {
      errors.invalid(`spec.clusterIPs[${index}]`, spec.clusterIPs, 'IPv6 is not configured on this cluster');
    } else spec.ipFamilies = [...(spec.ipFamilies ?? []), 'IPv4'];
  }
  errors.refuse(serviceName, name);

  if (headless) {
    // Someone else fills its slices, with whatever families they like.
    const families = spec.ipFamilies?.length ? spec.ipFamilies : ['IPv4'];
    const both = families.length < 2 && spec.ipFamilyPolicy !== SINGLE;
    spec.ipFamilies = both ? [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4'] : families;
    return;
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.invalid(
      'spec.ipFamilyPolicy',
      spec.ipFamilyPolicy,
      'this cluster is not configured for dual-stack services',
    );
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (family !== 'IPv4') errors.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster');
  }
  errors.refuse(serviceName, name);
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
}

function keepsPreferred(spec: ServiceSpec, old: ServiceSpec): boolean {
  return (
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    old.ipFamilyPolicy === 'PreferDualStack' &&
    spec.type === old.type &&
    equal(spec.clusterIPs, old.clusterIPs) &&
    equal(spec.ipFamilies, old.ipFamilies)
  );
}

/** An update to one family drops the other's address, if it names neither anew. */
function shrink(spec: Draft<ServiceSpec>, old: ServiceSpec, errors: FieldErrors): void {
  if (spec.ipFamilyPolicy === SINGLE) {
    if (equal(spec.clusterIPs, old.clusterIPs) && (spec.clusterIPs?.length ?? 0) > 1) {
      spec.clusterIPs = spec.clusterIPs?.slice(0, 1) ?? [];
    }
    if (equal(spec.ipFamilies, old.ipFamilies) && (spec.ipFamilies?.length ?? 0) > 1) {
      spec.ipFamilies = spec.ipFamilies?.slice(0, 1) ?? [];
    }
    return;
  }
  for (const [field, what] of [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const) {
    const now = spec[field]?.length ?? 0;
    if (now > 0 && now < (old[field]?.length ?? 0)) {
      errors.invalid(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy,
        `must be 'SingleStack' to release the secondary ${what}`,
      );
    }
  }
}
