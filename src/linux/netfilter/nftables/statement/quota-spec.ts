import type { Parser } from '../parse/parser.ts';
import { formatSize, parseSize } from './rate.ts';

/** `over 5 mbytes used 3 bytes` */
export interface QuotaSpec {
  readonly over: boolean;
  readonly bytes: number;
  readonly used: number;
}

export function parseQuota(parser: Parser): QuotaSpec {
  const over = parser.take('over');
  if (!over) parser.take('until');
  const bytes = parser.number() * parseSize(parser);
  const used = parser.take('used') ? parser.number() * parseSize(parser) : 0;
  return { over, bytes, used };
}

/** What is beyond the quota isn't told (nft_quota_do_dump). */
export function formatQuota({ over, bytes, used: counted }: QuotaSpec): string {
  const used = Math.min(counted, bytes);
  return `${over ? 'over ' : ''}${formatSize(bytes)}${used === 0 ? '' : ` used ${formatSize(used)}`}`;
}
