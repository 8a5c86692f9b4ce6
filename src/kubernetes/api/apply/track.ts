import type { AnyDraft } from '../draft.ts';
import type { ApiObject } from '../operation.ts';
import type { Served } from '../registry.ts';

/** Books in `metadata.managedFields` which fields of `draft` this manager has set or changed. */
export function trackUpdate(
  _draft: AnyDraft,
  _old: ApiObject | undefined,
  _served: Served,
  _manager: string,
  _now: number,
  _subresource?: string,
): void {}
