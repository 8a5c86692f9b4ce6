import { isMap } from '../../../src/kubernetes/api/draft.ts';

/** Fields that differ from run to run; only that they are there is compared. */
const passing = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'time',
  'lastTransitionTime',
  'lastUpdateTime',
  'deletionTimestamp',
]);

/** What two API servers' answers to the same request must have in common. */
export function scrub(answer: { readonly code: number; readonly body: unknown }): unknown {
  return { code: answer.code, body: scrubValue(answer.body) };
}

function scrubValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrubValue);
  if (typeof value === 'string') return scrubText(value);
  if (!isMap(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const part = value[key];
    if (part === undefined || isLeftOut(key, value)) continue;
    result[key] = passing.has(key) ? (part === null ? null : 'some') : scrubValue(part);
  }
  return result;
}

function isLeftOut(key: string, owner: Readonly<Record<string, unknown>>): boolean {
  // The recording server runs without service accounts.
  if (key === 'serviceAccount' || key === 'serviceAccountName') return owner[key] === 'default';
  if (key === 'causes') return true;
  const success = owner.kind === 'Status' && owner.status === 'Success';
  return success && (key === 'message' || key === 'code');
}

function scrubText(text: string): string {
  return (
    text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
      // What changed of a pod, as a difference of the server's internal structs.
      .replace(/\n@@[\s\S]*$/, '')
      .replace(/in record \(\d+\)/, 'in record')
      .replace(/^too old resource version: \d+ \(\d+\)$/, 'too old resource version')
  );
}
