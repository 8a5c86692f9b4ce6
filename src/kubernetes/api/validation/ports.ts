import type { FieldErrors } from './field-errors.ts';
import { portName } from './names.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'] as const;

export function portProblems(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

export function validatePort(port: number | undefined, path: string, errors: FieldErrors): void {
  for (const problem of portProblems(port ?? 0)) errors.invalid(path, port ?? 0, problem);
}

/** A port's number, or the name of a container's port. */
export function validatePortOrName(port: number | string, path: string, errors: FieldErrors): void {
  const problems = typeof port === 'number' ? portProblems(port) : portName(port);
  for (const problem of problems) errors.invalid(path, port, problem);
}

export function validateProtocol(protocol: string | undefined, path: string, errors: FieldErrors): void {
  if (!protocol) errors.required(path);
  else if (!(protocols as readonly string[]).includes(protocol)) errors.notSupported(path, protocol, protocols);
}
