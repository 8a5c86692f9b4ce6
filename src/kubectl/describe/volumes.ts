import type { Volume } from '../../kubernetes/types/pod.ts';
import type { Description } from './text.ts';

interface Projection {
  readonly serviceAccountToken?: { readonly expirationSeconds?: number };
  readonly configMap?: { readonly name?: string; readonly optional?: boolean };
  readonly secret?: { readonly name?: string; readonly optional?: boolean };
  readonly downwardAPI?: unknown;
}

/** @param margin what stands before the section's title and before each volume's name: a pod template is set in. */
export function describeVolumes(
  description: Description,
  volumes: readonly Volume[],
  margin: { readonly title: string; readonly name: string },
): void {
  if (volumes.length === 0) {
    description.line(`${margin.title}Volumes:\t<none>`);
    return;
  }
  description.line(`${margin.title}Volumes:`);
  for (const volume of volumes) {
    description.line(`${margin.name}${volume.name}:`);
    for (const [name, value] of volumeFields(volume)) description.field(name, value, 2);
  }
}

type Fields = readonly (readonly [string, string])[];

function volumeFields(volume: Volume): Fields {
  const { configMap, emptyDir, hostPath, ...other } = volume;
  if (configMap !== undefined) {
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', configMap.name ?? ''],
      ['Optional', String(configMap.optional ?? false)],
    ];
  }
  if (emptyDir !== undefined) {
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', String(emptyDir.medium ?? '')],
      ['SizeLimit', String(emptyDir.sizeLimit ?? '<unset>')],
    ];
  }
  if (hostPath !== undefined) {
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', hostPath.path],
      ['HostPathType', hostPath.type ?? ''],
    ];
  }
  const { projected } = other as { readonly projected?: { readonly sources?: readonly Projection[] } };
  if (projected !== undefined) {
    const type = ['Type', 'Projected (a volume that contains injected data from multiple sources)'] as const;
    return [type, ...(projected.sources ?? []).flatMap(projectionFields)];
  }
  return [['Type', Object.keys(other).find((key) => key !== 'name') ?? '<unknown>']];
}

function projectionFields({ serviceAccountToken, configMap, secret, downwardAPI }: Projection): Fields {
  if (serviceAccountToken !== undefined) {
    return [['TokenExpirationSeconds', String(serviceAccountToken.expirationSeconds ?? 3600)]];
  }
  if (configMap !== undefined) {
    return [
      ['ConfigMapName', configMap.name ?? ''],
      ['Optional', String(configMap.optional ?? false)],
    ];
  }
  if (secret !== undefined) {
    return [
      ['SecretName', secret.name ?? ''],
      ['Optional', String(secret.optional ?? false)],
    ];
  }
  return downwardAPI === undefined ? [] : [['DownwardAPI', 'true']];
}
