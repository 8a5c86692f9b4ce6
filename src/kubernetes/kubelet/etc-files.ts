import type { Files } from '../../linux/files/files.ts';
import type { Pod } from '../types/pod.ts';

/** The name that a pod's processes see as their host's. */
export function podHostname(pod: Pod, nodeName: string): string {
  if (pod.spec.hostNetwork === true) return nodeName;
  return (pod.spec.hostname ?? pod.metadata.name).slice(0, 63);
}

/** Writes /etc/hosts, /etc/hostname and /etc/resolv.conf, which kubelet and the runtime put over the image's own. */
export function writeEtcFiles(
  root: Files,
  node: Files,
  pod: Pod,
  place: { nodeName: string; podIp: string | undefined },
): void {
  const hostname = podHostname(pod, place.nodeName);
  root.write('/etc/hostname', `${hostname}\n`);
  root.write('/etc/hosts', hosts(node, pod, hostname, place.podIp) + aliases(pod));
  root.write('/etc/resolv.conf', resolvConf(node, pod));
}

function hosts(node: Files, pod: Pod, hostname: string, podIp: string | undefined): string {
  if (pod.spec.hostNetwork === true) {
    return `# Kubernetes-managed hosts file (host network).\n${node.exists('/etc/hosts') ? node.readText('/etc/hosts') : ''}`;
  }
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
  ];
  const { subdomain } = pod.spec;
  const full = subdomain ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local\t` : '';
  if (podIp !== undefined) lines.push(`${podIp}\t${full}${hostname}`);
  return `${lines.join('\n')}\n`;
}

function aliases(pod: Pod): string {
  const entries = (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`);
  return entries.length === 0 ? '' : `\n# Entries added by HostAliases.\n${entries.join('')}`;
}

/** kubeadm's default service range has its DNS at the tenth address. */
const CLUSTER_DNS = '10.96.0.10';

function resolvConf(node: Files, pod: Pod): string {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  const own = policy === 'Default' || (policy === 'ClusterFirst' && pod.spec.hostNetwork === true);
  if (own) return node.exists('/etc/resolv.conf') ? node.readText('/etc/resolv.conf') : '';
  if (policy === 'None') return '';
  const search = [`${pod.metadata.namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'];
  return `search ${search.join(' ')}\nnameserver ${CLUSTER_DNS}\noptions ndots:5\n`;
}
