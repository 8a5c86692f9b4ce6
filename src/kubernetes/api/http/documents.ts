import { kubernetesVersion } from '../../version.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery.ts';

/** What the server answers to paths that name no object: discovery, version, health. */
export function discoveryDocument(path: string): unknown {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, first, second] = parts;
  switch (root) {
    case 'api':
      if (parts.length === 1) return apiVersions();
      return parts.length === 2 ? apiResourceList('', first ?? '') : undefined;
    case 'apis':
      if (parts.length === 1) return apiGroupList();
      if (parts.length === 2) return apiGroup(first ?? '');
      return parts.length === 3 ? apiResourceList(first ?? '', second ?? '') : undefined;
    case 'version':
      return version();
    case 'livez':
    case 'readyz':
    case 'healthz':
      return 'ok';
    default:
      return undefined;
  }
}

function version(): unknown {
  const [major, minor] = kubernetesVersion.split('.');
  return { major, minor, gitVersion: `v${kubernetesVersion}`, platform: 'linux/amd64' };
}
