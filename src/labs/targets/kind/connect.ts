import type { Client } from '../../../kubernetes/client/client.ts';
import { createClient } from '../../../kubernetes/client/create-client.ts';
import { httpTransport } from '../../../kubernetes/client/http-transport.ts';
import type { Access } from './kubeconfig.ts';
import { apiFetch } from './request.ts';

/** A client of the real API server; who asks is in the certificate. */
export function connectTo(access: Access): Client {
  return createClient(httpTransport(apiFetch(access), access.server), 'kubernetes-admin');
}
