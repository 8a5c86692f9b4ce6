import type { Milliseconds } from '../../simulation/clock.ts';

/** Numbers as tc(8) writes them (tc_util.c, utils.c). Parsers give `undefined` for what the tool refuses. */

/** Without a unit: microseconds. */
export function parseTime(text: string): Milliseconds | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/i.exec(text) ?? [];
  const factor: Readonly<Record<string, number>> = {
    '': 0.001,
    us: 0.001,
    usec: 0.001,
    usecs: 0.001,
    ms: 1,
    msec: 1,
    msecs: 1,
    s: 1000,
    sec: 1000,
    secs: 1000,
  };
  const scale = factor[unit.toLowerCase()];
  return number === undefined || scale === undefined ? undefined : Number(number) * scale;
}

export function formatTime(time: Milliseconds): string {
  if (time >= 1000) return `${Number((time / 1000).toPrecision(3))}s`;
  if (time >= 1) return `${Number(time.toPrecision(3))}ms`;
  return `${Math.floor(time * 1000)}us`;
}

/** `5%` and `5`: 0.05. */
export function parsePercent(text: string): number | undefined {
  const [, number] = /^(\d+(?:\.\d*)?|\.\d+)%?$/.exec(text) ?? [];
  const part = number === undefined ? undefined : Number(number) / 100;
  return part === undefined || part > 1 ? undefined : part;
}

export function formatPercent(part: number): string {
  return `${Number((part * 100).toPrecision(6))}%`;
}

/** @returns bits a second; `bps` and its like are bytes. */
export function parseRate(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/i.exec(text) ?? [];
  const [, prefix = '', base = ''] = /^(ki|mi|gi|ti|k|m|g|t)?(bit|bps)?$/.exec(unit.toLowerCase()) ?? ['', '', '?'];
  if (number === undefined || base === '?' || (prefix !== '' && base === '')) return undefined;
  const power = prefix === '' ? 0 : 'kmgt'.indexOf(prefix.charAt(0)) + 1;
  return Math.round(Number(number) * (prefix.endsWith('i') ? 1024 : 1000) ** power * (base === 'bps' ? 8 : 1));
}

export function formatRate(rate: number): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = rate;
  let unit = 0;
  while (unit < units.length - 1 && value >= 1000 && (value % 1000 === 0 || value >= 1_000_000)) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(0)}${units[unit]}bit`;
}
