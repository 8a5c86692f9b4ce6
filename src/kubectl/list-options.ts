import type { OperationOptions } from '../kubernetes/api/operation.ts';
import type { FlagValues } from './flags/flag.ts';

/** What `-l` and `--field-selector` ask of a list or watch; a verb may have only one of them. */
export function listOptions(flags: FlagValues): OperationOptions {
  const text = (name: string) => (flags.has(name) ? flags.text(name) : '');
  const [labelSelector, fields] = [text('selector'), text('field-selector')];
  return {
    ...(labelSelector === '' ? {} : { labelSelector }),
    ...(fields === '' ? {} : { fieldSelector: fields }),
  };
}
