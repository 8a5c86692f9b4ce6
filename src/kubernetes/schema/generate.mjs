/**
 * Writes `*.generated.json`, the API's description as data, from a cluster of the release that
 * `../version.ts` names. Run by hand when that release changes:
 *
 *   node src/kubernetes/schema/generate.mjs            asks the current context's cluster through kubectl
 *   node src/kubernetes/schema/generate.mjs FOLDER     reads FOLDER/api__v1_openapi.json, ... (as in the
 *                                                      Kubernetes repository's api/openapi-spec/v3)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { compact } from './compact.ts';

/** What each file holds: the documents of these group-versions, and the types in them that the page serves. */
const files = [
  {
    name: 'core',
    documents: {
      'api/v1': [
        ...[
          'Namespace',
          'Node',
          'Pod',
          'ConfigMap',
          'Event',
          'Binding',
          'ServiceAccount',
          'Service',
          'Endpoints',
          'Secret',
        ].map((kind) => `io.k8s.api.core.v1.${kind}`),
        'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
        'io.k8s.api.policy.v1.Eviction',
      ],
      'apis/coordination.k8s.io/v1': ['io.k8s.api.coordination.v1.Lease'],
    },
  },
  {
    name: 'apps',
    documents: {
      'apis/apps/v1': [
        ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'ControllerRevision'].map(
          (kind) => `io.k8s.api.apps.v1.${kind}`,
        ),
        'io.k8s.api.autoscaling.v1.Scale',
      ],
    },
  },
  {
    name: 'networking',
    documents: {
      'apis/discovery.k8s.io/v1': ['io.k8s.api.discovery.v1.EndpointSlice'],
      'apis/networking.k8s.io/v1': ['NetworkPolicy', 'Ingress', 'IngressClass', 'IPAddress', 'ServiceCIDR'].map(
        (kind) => `io.k8s.api.networking.v1.${kind}`,
      ),
    },
  },
  {
    name: 'extensions',
    documents: {
      'apis/apiextensions.k8s.io/v1': [
        'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
      ],
      'apis/rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(
        (kind) => `io.k8s.api.rbac.v1.${kind}`,
      ),
      'apis/authorization.k8s.io/v1': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'].map(
        (kind) => `io.k8s.api.authorization.v1.${kind}`,
      ),
      'apis/authentication.k8s.io/v1': ['io.k8s.api.authentication.v1.SelfSubjectReview'],
      'apis/scheduling.k8s.io/v1': ['io.k8s.api.scheduling.v1.PriorityClass'],
    },
  },
];

const folder = process.argv[2];

/** @param {string} path */
function read(path) {
  const text =
    folder === undefined
      ? execFileSync('kubectl', ['get', '--raw', `/openapi/v3/${path}`], { encoding: 'utf8', maxBuffer: 1 << 28 })
      : readFileSync(join(folder, `${path.replaceAll('/', '__')}_openapi.json`), 'utf8');
  return JSON.parse(text);
}

const here = dirname(fileURLToPath(import.meta.url));
/** @type {Set<string>} */
const known = new Set();
let total = 0;
for (const { name, documents } of files) {
  /** @type {Record<string, unknown>} */
  const types = {};
  for (const [path, roots] of Object.entries(documents)) {
    for (const [type, value] of Object.entries(compact(read(path), roots, known).types)) {
      types[type] = value;
      known.add(type);
    }
  }
  const text = `{"types":{\n${Object.entries(types)
    .map(([type, value]) => `${JSON.stringify(type)}:${JSON.stringify(value)}`)
    .join(',\n')}\n}}\n`;
  writeFileSync(join(here, `${name}.generated.json`), text);
  const size = gzipSync(text).length;
  total += size;
  console.log(`${name}.generated.json: ${Object.keys(types).length} types, ${text.length} bytes, ${size} gzipped`);
}
console.log(`total: ${total} gzipped`);
