import type { Clock } from '../../simulation/clock.ts';
import { SERVICE_NAME } from '../types/service.ts';
import { initialNamespaces } from './kinds/namespace.ts';
import { systemClasses } from './kinds/priorityclass.ts';
import type { Answer, ApiObject, Operation, Resource } from './operation.ts';
import type { Store } from './store/store.ts';

/** How long the server takes to miss what belongs to its own Service, in ms. */
const AGAIN = 10_000;
const networking = (resource: string): Resource => ({ group: 'networking.k8s.io', version: 'v1', resource });

export interface BootstrapOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly handle: (operation: Operation) => Answer;
  /** The address at which the server itself is found. */
  readonly advertise: string;
  readonly serviceCidr: string;
}

/** What a server makes before anyone asks: its namespaces, the Services' range, and the Service `kubernetes`. */
export function bootstrap({ clock, store, handle, advertise, serviceCidr }: BootstrapOptions): void {
  const create = (resource: Resource, body: ApiObject) => {
    const { namespace } = body.metadata;
    const at = namespace === undefined ? {} : { namespace };
    const options = { fieldManager: 'kube-apiserver' };
    return handle({ verb: 'create', ...resource, ...at, body, options, user: 'system:apiserver' });
  };
  for (const name of initialNamespaces) {
    create(
      { group: '', version: 'v1', resource: 'namespaces' },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    );
  }
  for (const { name, ...rest } of systemClasses) {
    create(
      { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' },
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...rest },
    );
  }
  create(networking('servicecidrs'), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [serviceCidr] },
  });
  // Upstream's kubernetesservice controller makes these again when they are gone.
  for (const { resource, object } of ownService(advertise, firstAddress(serviceCidr))) {
    create(resource, object);
    store.listen(`${resource.group}/${resource.version}/${resource.resource}`, ({ after, deleted }) => {
      if (!deleted || after.metadata.namespace !== 'default' || after.metadata.name !== 'kubernetes') return;
      clock.after(AGAIN, () => create(resource, object));
    });
  }
}

function firstAddress(cidr: string): string {
  const [address = ''] = cidr.split('/');
  return address.replace(/\d+$/, (last) => String(Number(last) + 1));
}

function ownService(advertise: string, clusterIP: string): { resource: Resource; object: ApiObject }[] {
  const at = { name: 'kubernetes', namespace: 'default' };
  const port = { name: 'https', port: 6443, protocol: 'TCP' };
  return [
    {
      resource: { group: '', version: 'v1', resource: 'services' },
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { ...at, labels: { component: 'apiserver', provider: 'kubernetes' } },
        spec: {
          clusterIP,
          type: 'ClusterIP',
          ports: [{ ...port, port: 443, targetPort: 6443 }],
          sessionAffinity: 'None',
          ipFamilyPolicy: 'SingleStack',
        },
      },
    },
    {
      resource: { group: '', version: 'v1', resource: 'endpoints' },
      object: {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { ...at, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
        subsets: [{ addresses: [{ ip: advertise }], ports: [port] }],
      },
    },
    {
      resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
      object: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { ...at, labels: { [SERVICE_NAME]: 'kubernetes' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [advertise], conditions: { ready: true } }],
        ports: [port],
      },
    },
  ];
}
