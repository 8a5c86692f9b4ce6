import type { Condition, Kinded, LabelSelector } from './meta.ts';
import type { Protocol } from './service.ts';

export interface NetworkPolicy extends Kinded<'NetworkPolicy', 'networking.k8s.io/v1'> {
  readonly spec?: NetworkPolicySpec;
}

export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly NetworkPolicyIngressRule[];
  readonly egress?: readonly NetworkPolicyEgressRule[];
}

export interface NetworkPolicyIngressRule {
  readonly ports?: readonly NetworkPolicyPort[];
  /** Absent or empty: from everywhere. */
  readonly from?: readonly NetworkPolicyPeer[];
}

export interface NetworkPolicyEgressRule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly to?: readonly NetworkPolicyPeer[];
}

export interface NetworkPolicyPort {
  readonly protocol?: Protocol;
  /** A number, or the name of a container's port; absent: every port. */
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface Ingress extends Kinded<'Ingress', 'networking.k8s.io/v1'> {
  readonly spec?: IngressSpec;
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly IngressLoadBalancer[] } };
}

export interface IngressSpec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
  readonly rules?: readonly IngressRule[];
}

export interface IngressRule {
  readonly host?: string;
  readonly http?: { readonly paths: readonly IngressPath[] };
}

export interface IngressPath {
  readonly path?: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly backend: IngressBackend;
}

export interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
  readonly resource?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
}

export interface IngressLoadBalancer {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ports?: readonly { readonly port: number; readonly protocol: Protocol; readonly error?: string }[];
}

export interface IngressClass extends Kinded<'IngressClass', 'networking.k8s.io/v1'> {
  readonly spec?: {
    readonly controller?: string;
    readonly parameters?: {
      readonly apiGroup?: string;
      readonly kind: string;
      readonly name: string;
      readonly namespace?: string;
      readonly scope?: string;
    };
  };
}

/** The address that a Service holds; its name is the address. */
export interface IPAddress extends Kinded<'IPAddress', 'networking.k8s.io/v1'> {
  readonly spec?: {
    readonly parentRef?: {
      readonly group?: string;
      readonly resource?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  };
}

/** A range that Services get their addresses from. */
export interface ServiceCIDR extends Kinded<'ServiceCIDR', 'networking.k8s.io/v1'> {
  readonly spec?: { readonly cidrs?: readonly string[] };
  readonly status?: { readonly conditions?: readonly Condition[] };
}
