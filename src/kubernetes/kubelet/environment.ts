import type { Client } from '../client/client.ts';
import { found } from '../controllers/queue.ts';
import { CONFIG_MAPS } from '../controllers/resources.ts';
import type { ConfigMap } from '../types/cluster.ts';
import type { Container, EnvVar } from '../types/container.ts';
import type { Pod } from '../types/pod.ts';

/** A container can't be made as its pod describes it; becomes CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ContainerConfigError';
  }
}

/** What is known of a pod only at run time. */
export interface PodPlace {
  readonly nodeName: string;
  readonly hostIp: string;
  readonly podIp: string | undefined;
}

/** A container's variables in the order of its pod. Rejects with `ContainerConfigError`. */
export async function environment(
  client: Client,
  pod: Pod,
  container: Container,
  place: PodPlace,
): Promise<Map<string, string>> {
  const env = new Map<string, string>();
  for (const variable of container.env ?? []) {
    const value = await envValue(client, pod, variable, place);
    if (value !== undefined) env.set(variable.name, expand(value, env));
  }
  return env;
}

async function envValue(client: Client, pod: Pod, variable: EnvVar, place: PodPlace): Promise<string | undefined> {
  const { valueFrom } = variable;
  if (valueFrom === undefined) return variable.value ?? '';
  if (valueFrom.fieldRef !== undefined) return fieldOf(pod, valueFrom.fieldRef.fieldPath, place);
  const reference = valueFrom.configMapKeyRef;
  if (reference === undefined) {
    throw new ContainerConfigError(
      `env ${variable.name}: only fieldRef and configMapKeyRef are modelled in this cluster`,
    );
  }
  const namespace = pod.metadata.namespace ?? '';
  const name = reference.name ?? '';
  const map = (await found(client.get(CONFIG_MAPS, { namespace, name }))) as ConfigMap | undefined;
  const value = map?.data?.[reference.key];
  if (value !== undefined) return value;
  if (reference.optional === true) return undefined;
  throw new ContainerConfigError(
    map === undefined
      ? `configmap "${name}" not found`
      : `couldn't find key ${reference.key} in ConfigMap ${namespace}/${name}`,
  );
}

/** The downward API's fields (kubernetes.io, "Downward API"). */
function fieldOf(pod: Pod, path: string, place: PodPlace): string {
  const key = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (key !== null) return pod.metadata[key[1] as 'labels' | 'annotations']?.[key[2] as string] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': place.nodeName,
    'spec.serviceAccountName': pod.spec.serviceAccountName,
    'status.hostIP': place.hostIp,
    'status.hostIPs': place.hostIp,
    'status.podIP': place.podIp,
    'status.podIPs': place.podIp,
  };
  if (!(path in fields)) throw new ContainerConfigError(`field label not supported: ${path}`);
  return fields[path] ?? '';
}

/** `$(NAME)` becomes the variable's value if it is known, `$$` a dollar sign. */
export function expand(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (env.get(name ?? '') ?? whole),
  );
}
