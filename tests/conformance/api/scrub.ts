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
  'continue',
]);

/** What two API servers' answers to the same request must have in common. */
export function scrub(answer: {
  readonly code: number;
  readonly body: unknown;
  readonly warnings?: readonly string[];
}): unknown {
  const { code, body, warnings } = answer;
  return { code, body: scrubValue(body), ...(warnings && warnings.length > 0 && { warnings }) };
}

function scrubValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrubValue);
  if (typeof value === 'string') return scrubText(value);
  if (!isMap(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const part = value[key];
    if (part === undefined || isLeftOut(key, value)) continue;
    result[key] = passing.has(key) ? (part === null ? null : 'some') : scrubNamed(key, part, value);
  }
  return result;
}

function scrubNamed(key: string, part: unknown, owner: Readonly<Record<string, unknown>>): unknown {
  // Node ports out of the upper band are drawn.
  const drawn = (key === 'nodePort' || key === 'healthCheckNodePort') && Number(part) >= 30086;
  if (drawn && Number(part) < 32768) return 'some';
  // A table's prose.
  if (key === 'description' && 'priority' in owner) return '';
  return scrubValue(part);
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
      // Addresses out of the upper band are drawn.
      .replace(/10\.96\.(?!0\.)\d+\.\d+/g, '10.96.ANY')
      .replace(/^\d+s$/, 'AGE')
      .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'TIME')
      .replace(/in record \(\d+\)/, 'in record')
      .replace(/^too old resource version: \d+ \(\d+\)$/, 'too old resource version')
  );
}
