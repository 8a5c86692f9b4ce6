import type { Clock } from '../../simulation/clock.ts';

/** metav1.Time: RFC 3339 in UTC, whole seconds. */
export function timestamp(clock: Clock): string {
  return timeText(clock.wall());
}

/** `milliseconds` since 1970 as metav1.Time. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** metav1.MicroTime: RFC 3339 in UTC with microseconds. */
export function microTime(clock: Clock): string {
  const wall = clock.wall();
  const micros = Math.floor((wall - Math.floor(wall)) * 1000);
  return `${new Date(wall).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}

/** Milliseconds since 1970; NaN for what is no time. */
export function parseTime(text: string | undefined | null): number {
  return text === undefined || text === null ? Number.NaN : Date.parse(text);
}

/** A duration as Go prints whole seconds: `10s`, `1m20s`, `5m0s`. */
export function goDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
