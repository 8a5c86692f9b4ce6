import type { Node } from '../types/cluster.ts';
import type { Pod } from '../types/pod.ts';

/** What is asked of a node and what it has: CPU in millicores, memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
  readonly allocatable: { readonly cpu: number; readonly memory: number; readonly pods: number };
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity (`250m`, `64Mi`) as a number; 0 for what is none, as the API server has validated it. */
export function quantity(text: string | number | undefined): number {
  const match = /^([+-]?[0-9.]+)(e[+-]?\d+|[A-Za-z]*)$/.exec(String(text ?? ''));
  if (match === null) return 0;
  const suffix = match[2] ?? '';
  if (/^e[+-]?\d/.test(suffix)) return Number(`${match[1]}${suffix}`);
  return Number(match[1]) * (SUFFIXES[suffix] ?? 0);
}

export function usageOf(node: Node, pods: readonly Pod[]): Usage {
  const { allocatable = {} } = node.status ?? {};
  const asked = pods.map(requests);
  return {
    cpu: asked.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: asked.reduce((sum, { memory }) => sum + memory, 0),
    pods: pods.length,
    allocatable: {
      cpu: quantity(allocatable.cpu) * 1000,
      memory: quantity(allocatable.memory),
      pods: quantity(allocatable.pods),
    },
  };
}

/** What a pod asks for: its containers together, or its greediest init container if that is more. */
export function requests(pod: Pod): { cpu: number; memory: number } {
  const of = (name: 'cpu' | 'memory', factor: number) => {
    const sum = pod.spec.containers.reduce((n, { resources }) => n + quantity(resources?.requests?.[name]), 0);
    const init = (pod.spec.initContainers ?? []).map(({ resources }) => quantity(resources?.requests?.[name]));
    return Math.max(sum, ...init) * factor;
  };
  return { cpu: of('cpu', 1000), memory: of('memory', 1) };
}

export function fits(pod: Pod, usage: Usage): readonly string[] {
  const asked = requests(pod);
  const reasons: string[] = [];
  if (usage.pods + 1 > usage.allocatable.pods) reasons.push('Too many pods');
  if (asked.cpu > 0 && usage.cpu + asked.cpu > usage.allocatable.cpu) reasons.push('Insufficient cpu');
  if (asked.memory > 0 && usage.memory + asked.memory > usage.allocatable.memory) reasons.push('Insufficient memory');
  return reasons;
}
