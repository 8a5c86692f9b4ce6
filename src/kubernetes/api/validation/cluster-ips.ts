import type { ServiceSpec } from '../../types/service.ts';
import type { FieldErrors } from './field-errors.ts';
import { ipProblem, isIpv6, report } from './ip.ts';

const families = ['IPv4', 'IPv6'];
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy`, which must agree. */
export function validateClusterIps(spec: ServiceSpec, old: ServiceSpec | undefined, errors: FieldErrors): void {
  if (spec.type === 'ExternalName') return;
  const ips = spec.clusterIPs ?? [];
  if (spec.clusterIP) {
    if (ips.length === 0) errors.required('spec.clusterIPs');
    else if (ips[0] !== spec.clusterIP) errors.invalid('spec.clusterIPs', ips, 'first value must match `clusterIP`');
  } else if (ips.length > 0) {
    errors.invalid('spec.clusterIPs', ips, 'must be empty when `clusterIP` is not specified');
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (!families.includes(family)) errors.notSupported(`spec.ipFamilies[${index}]`, family, families);
    if (spec.ipFamilies?.indexOf(family) !== index) errors.duplicate(`spec.ipFamilies[${index}]`, family);
  }
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    errors.notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies);
  }
  let valid = true;
  for (const [index, ip] of ips.entries()) {
    if (index === 0 && ip === 'None') {
      if (ips.length > 1) {
        errors.invalid('spec.clusterIPs', ips, "'None' must be the first and only value");
        valid = false;
      }
    } else if (!report(`spec.clusterIPs[${index}]`, ip, ipProblem(ip, old?.clusterIPs), errors)) valid = false;
  }
  if (ips.length > 2) errors.invalid('spec.clusterIPs', ips, 'may only hold up to 2 values');
  if (!valid) return;
  if (ips.length > 1 && ips.every((ip) => isIpv6(ip) === isIpv6(ips[0] ?? ''))) {
    errors.invalid('spec.clusterIPs', ips, 'may specify no more than one IP for each IP family');
  }
  if (ips[0] === 'None') return;
  for (const [index, ip] of ips.entries()) {
    const family = spec.ipFamilies?.[index];
    if (family !== 'IPv4' && family !== 'IPv6') continue;
    if ((family === 'IPv6') !== isIpv6(ip)) {
      const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      errors.invalid(`spec.clusterIPs[${index}]`, ip, why);
    }
  }
}

/** What was allocated stays, but for what goes with a change from or to ExternalName. */
export function validateClusterIpsUpdate(spec: ServiceSpec, old: ServiceSpec, errors: FieldErrors): void {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  if (spec.clusterIP === 'None' && old.clusterIP === 'None') return;
  const now = spec.clusterIPs ?? [];
  const before = old.clusterIPs ?? [];
  if (now.length === before.length) {
    for (const [index, ip] of before.entries()) {
      if (ip !== now[index]) errors.invalid(`spec.clusterIPs[${index}]`, now, 'may not change once set');
    }
    return;
  }
  if (now.length === 0) errors.invalid('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset');
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) {
    errors.invalid('spec.clusterIPs[0]', now, 'may not change once set');
  }
  if (now.length === 1 && before.length > 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    errors.invalid(
      'spec.ipFamilyPolicy',
      spec.ipFamilyPolicy ?? null,
      "must be set to 'SingleStack' when releasing the secondary clusterIP",
    );
  }
}
