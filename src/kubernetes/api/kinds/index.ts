import type { KindDefinition } from '../kind.ts';
import { clusterRole } from './clusterrole.ts';
import { clusterRoleBinding } from './clusterrolebinding.ts';
import { configMap } from './configmap.ts';
import { controllerRevision } from './controllerrevision.ts';
import { customResourceDefinition } from './customresourcedefinition.ts';
import { daemonSet } from './daemonset.ts';
import { deployment } from './deployment.ts';
import { endpoints } from './endpoints.ts';
import { endpointSlice } from './endpointslice.ts';
import { event } from './event.ts';
import { ingress } from './ingress.ts';
import { ingressClass } from './ingressclass.ts';
import { ipAddress } from './ipaddress.ts';
import { lease } from './lease.ts';
import { namespace } from './namespace.ts';
import { networkPolicy } from './networkpolicy.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { priorityClass } from './priorityclass.ts';
import { replicaSet } from './replicaset.ts';
import { role } from './role.ts';
import { roleBinding } from './rolebinding.ts';
import { secret } from './secret.ts';
import { selfSubjectAccessReview } from './selfsubjectaccessreview.ts';
import { selfSubjectReview } from './selfsubjectreview.ts';
import { selfSubjectRulesReview } from './selfsubjectrulesreview.ts';
import { service } from './service.ts';
import { serviceAccount } from './serviceaccount.ts';
import { serviceCidr } from './servicecidr.ts';
import { statefulSet } from './statefulset.ts';

/** Every kind that the API server stores; a new one is added here. */
export const kinds: readonly KindDefinition[] = [
  configMap,
  endpoints,
  event,
  namespace,
  node,
  pod,
  secret,
  service,
  serviceAccount,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  lease,
  endpointSlice,
  ingress,
  ingressClass,
  ipAddress,
  networkPolicy,
  serviceCidr,
  selfSubjectReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  priorityClass,
  customResourceDefinition,
];
