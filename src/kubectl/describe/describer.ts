import type { ApiObject } from '../../kubernetes/api/operation.ts';
import type { Session } from '../session.ts';

/** Describes one object; asks the server for what belongs to it. */
export type Describer = (session: Session, object: ApiObject, options: { readonly events: boolean }) => Promise<string>;
