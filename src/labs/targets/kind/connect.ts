import type { Answer, Operation, Watch, WatchEvent } from '../../../kubernetes/api/operation.ts';
import type { Client } from '../../../kubernetes/client/client.ts';
import { ApiError } from '../../../kubernetes/client/client.ts';
import type { Access } from './kubeconfig.ts';
import { apiFetch } from './request.ts';
/* eslint-disable */
export function connectTo(access: Access): Client {
  const fetch = apiFetch(access);
  const url = (o: any, at: any, q: any = {}) => {
    const base = o.group === '' ? `/api/${o.version}` : `/apis/${o.group}/${o.version}`;
    const ns = at?.namespace ? `/namespaces/${at.namespace}` : '';
    const s = new URLSearchParams(Object.entries(q).filter(([, v]) => v !== undefined) as any).toString();
    return `${access.server}${base}${ns}/${o.resource}${at?.name ? '/' + at.name : ''}${s ? '?' + s : ''}`;
  };
  const json = async (u: string, opt: any = {}) => {
    const a = await fetch(u, opt);
    const b: any = await a.json();
    if (a.status >= 400) throw new ApiError(b);
    return b;
  };
  return {
    get: (r: any, at: any) => json(url(r, at)),
    list: (r: any, at: any, o: any = {}) =>
      json(url(r, at, { labelSelector: o.labelSelector, fieldSelector: o.fieldSelector })),
    patch: (r: any, at: any, p: any, o: any) =>
      json(url(r, at, { fieldManager: o.fieldManager, force: o.force, fieldValidation: o.fieldValidation }), {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/apply-patch+yaml' },
        body: JSON.stringify(p),
      }),
    delete: (r: any, at: any, o: any) =>
      json(url(r, at), {
        method: 'DELETE',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...o }),
      }),
    async watch(r: any, at: any) {
      const c = new AbortController();
      const a = await fetch(url(r, at, { watch: 'true' }), { signal: c.signal });
      const rd = (a.body as any).pipeThrough(new TextDecoderStream()).getReader();
      let buf = '';
      return {
        async next() {
          for (;;) {
            const i = buf.indexOf('\n');
            if (i >= 0) {
              const l = buf.slice(0, i);
              buf = buf.slice(i + 1);
              return JSON.parse(l);
            }
            try {
              const { value, done } = await rd.read();
              if (done) return undefined;
              buf += value;
            } catch {
              return undefined;
            }
          }
        },
        stop: () => c.abort(),
      };
    },
  } as any;
}
