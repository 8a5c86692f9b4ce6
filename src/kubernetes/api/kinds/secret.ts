import type { Secret } from '../../types/cluster.ts';
import { jsonType } from '../decode/json-type.ts';
import { type AnyDraft, type Draft, equal, isMap } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { configKey } from '../validation/names.ts';

const dataLimit = 1024 * 1024;

export const secret: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  defaults(draft) {
    const secret = draft as Draft<Secret>;
    if (secret.stringData !== undefined) {
      const encoded = Object.entries(secret.stringData).map(([key, value]) => [key, toBase64(value)]);
      secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
      delete secret.stringData;
    }
    secret.type ??= 'Opaque';
  },
  validate(object, errors) {
    const { data = {} } = of(object);
    let size = 0;
    for (const [key, value] of Object.entries(data)) {
      for (const problem of configKey(key)) errors.invalid(`data[${key}]`, key, problem);
      size += (value.length * 3) / 4;
    }
    if (size > dataLimit) errors.tooLong('data', dataLimit);
    validateType(of(object), errors);
  },
  validateUpdate(object, old, errors) {
    const before = of(old);
    const after = of(object);
    validateImmutable(after.type, before.type, 'type', errors);
    if (before.immutable !== true) return;
    const fixed = 'field is immutable when `immutable` is set';
    if (after.immutable !== true) errors.forbidden('immutable', fixed);
    if (!equal(after.data ?? {}, before.data ?? {})) errors.forbidden('data', fixed);
  },
  fields: { type: (object) => of(object).type ?? '' },
  columns: [column('Name'), column('Type'), column('Data'), column('Age')],
  cells(object, now) {
    const { metadata, type = '', data = {} } = of(object);
    return [metadata.name, type, Object.keys(data).length, age(metadata.creationTimestamp, now)];
  },
};

const accountName = 'kubernetes.io/service-account.name';

/** What each type must hold. */
function validateType({ type, data = {}, metadata }: Secret, errors: FieldErrors): void {
  const needs = (key: string) => {
    if (data[key] === undefined) errors.required(`data[${key}]`);
  };
  const json = (key: string) => {
    const problem = jsonProblem(data[key]);
    if (problem !== undefined) errors.invalid(`data[${key}]`, '<secret contents redacted>', problem);
  };
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.[accountName]) errors.required(`metadata.annotations[${accountName}]`);
      break;
    case 'kubernetes.io/dockercfg':
      needs('.dockercfg');
      json('.dockercfg');
      break;
    case 'kubernetes.io/dockerconfigjson':
      needs('.dockerconfigjson');
      json('.dockerconfigjson');
      break;
    case 'kubernetes.io/basic-auth':
      if (data.username !== undefined || data.password !== undefined) break;
      needs('username');
      needs('password');
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.required('data[ssh-privatekey]');
      break;
    case 'kubernetes.io/tls':
      needs('tls.crt');
      needs('tls.key');
  }
}

/** In the words of Go's decoder, as far as the value's start tells. */
function jsonProblem(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  const text = atob(encoded);
  try {
    const value: unknown = JSON.parse(text);
    if (isMap(value) || value === null) return undefined;
    return `json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`;
  } catch {
    const first = text.trimStart()[0];
    if (first === undefined) return 'unexpected end of JSON input';
    return first === '{'
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
}

function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function of(object: ApiObject | AnyDraft): Secret {
  return object as Secret;
}
