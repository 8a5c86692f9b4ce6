import type { CompanionCommand } from './wire.ts';

type FieldType = 'string' | 'number' | 'boolean';

/** The fields that each command must have. `start` may carry progress, which only the page's own cluster needs. */
const COMMANDS: Readonly<Record<CompanionCommand['type'], Readonly<Record<string, FieldType>>>> = {
  start: { lab: 'string' },
  answer: { step: 'string', text: 'string' },
  hint: { step: 'string' },
  solution: { step: 'string', run: 'boolean' },
  goto: { step: 'string' },
  reset: {},
  check: {},
  stop: {},
  'terminal.open': { columns: 'number', rows: 'number' },
  'terminal.input': { data: 'string' },
  'terminal.resize': { columns: 'number', rows: 'number' },
  'terminal.ack': { length: 'number' },
  'terminal.command': { command: 'string', run: 'boolean' },
  'file.list': {},
  'file.read': { path: 'string' },
  'file.fetch': { path: 'string' },
  'file.write': { path: 'string', text: 'string' },
  pause: { paused: 'boolean' },
  takeover: {},
};

/** No terminal is larger, and a pseudo-terminal's size is 16 bits wide. */
const LARGEST = 1000;

/** Reads one message from a page; undefined for anything that isn't a command. */
export function readCommand(text: string): CompanionCommand | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  if (typeof message.type !== 'string' || !Object.hasOwn(COMMANDS, message.type)) return undefined;
  const fields = COMMANDS[message.type as CompanionCommand['type']];
  const command: Record<string, unknown> = { type: message.type };
  for (const [name, type] of Object.entries(fields)) {
    const field = message[name];
    if (typeof field !== type) return undefined;
    if (typeof field === 'number' && !(Number.isInteger(field) && field >= 0)) return undefined;
    if ((name === 'columns' || name === 'rows') && (Number(field) < 1 || Number(field) > LARGEST)) return undefined;
    command[name] = field;
  }
  return command as unknown as CompanionCommand;
}
