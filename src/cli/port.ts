import { EXIT, Failure } from './failure.ts';

/** Reads `--port`. */
export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Failure(
    `"${text}" is no port.`,
    'A port is a number from 0 to 65535; 0 takes any that is free.',
    EXIT.usage,
  );
}
