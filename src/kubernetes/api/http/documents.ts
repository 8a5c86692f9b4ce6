import { kubernetesVersion } from '../../version.ts';
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery.ts';
import type { KindDefinition } from '../kind.ts';

/** What the server answers to paths that name no object: discovery, version, health. */
export function discoveryDocument(path: string, kinds: readonly KindDefinition[], accept = ''): unknown {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, first, second] = parts;
  switch (root) {
    case 'api':
      if (parts.length === 1) return wantsAggregated(accept) ? aggregated('api', kinds) : apiVersions();
      return parts.length === 2 ? apiResourceList('', first ?? '', kinds) : undefined;
    case 'apis':
      if (parts.length === 1) return wantsAggregated(accept) ? aggregated('apis', kinds) : apiGroupList(kinds);
      if (parts.length === 2) return apiGroup(first ?? '', kinds);
      return parts.length === 3 ? apiResourceList(first ?? '', second ?? '', kinds) : undefined;
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

/** The first of what a client accepts that the server has counts. */
export function wantsAggregated(accept: string): boolean {
  const first = accept.split(',').find((each) => !/v=v2beta1|protobuf/.test(each)) ?? '';
  return /g=apidiscovery\.k8s\.io/.test(first) && /as=APIGroupDiscoveryList/.test(first);
}
