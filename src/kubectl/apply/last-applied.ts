import type { ApiObject } from '../../kubernetes/api/operation.ts';
import { goJson } from '../jsonpath/text.ts';
import { isMap } from '../manifests.ts';

/** Where client-side apply keeps what it applied, to know later which fields it has to remove. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manifest with its own text in the annotation. */
export function withLastApplied(object: ApiObject): ApiObject {
  const { [lastAppliedAnnotation]: _, ...annotations } = object.metadata.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(plain)}\n`;
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: text } } };
}

/** What the annotation holds; nothing, where somebody broke it. */
export function modifiedConfiguration(annotation: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(annotation);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
