import { type Failure, failure } from '../failure.ts';
import type { FieldSet } from './field-set.ts';
import type { Manager } from './managers.ts';

interface Conflict {
  readonly manager: string;
  readonly field: string;
}

/** Which managers have set to something else what is about to be changed. */
export function conflictsOf(managers: readonly Manager[], touched: FieldSet): Conflict[] {
  return managers.flatMap((manager) =>
    [...manager.fields.intersection(touched).paths()].map((path) => ({
      manager: describe(manager),
      field: path.map(stepText).join(''),
    })),
  );
}

function describe({ name, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  const how = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(name)}${through}${how}`;
}

/** `.spec.containers[name="web"].image`. */
export function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return `.${rest}`;
  if (step.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

export function refuseConflicts(conflicts: readonly Conflict[]): Failure {
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const texts = managers.map((manager) => {
    const fields = conflicts.filter((each) => each.manager === manager).map(({ field }) => field);
    if (fields.length === 1) return `conflict with ${manager}: ${fields[0]}`;
    return `conflicts with ${manager}:\n${fields.map((field) => `- ${field}`).join('\n')}`;
  });
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  return failure(409, 'Conflict', `Apply failed with ${count}: ${texts.join('\n')}`, {
    causes: conflicts.map(({ manager, field }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${manager}`,
      field,
    })),
  });
}
