import { formatKey, parseKey } from '../../linux/device/wireguard/key.ts';
import { clamp, publicKey } from '../../linux/device/wireguard/x25519.ts';
import type { Process } from '../../linux/process/process.ts';
import { readAll } from '../../linux/process/streams.ts';
import { WgError } from './words.ts';

/** `wg genkey` and `wg genpsk`. */
export async function generate(process: Process, command: 'genkey' | 'genpsk'): Promise<number> {
  if (process.argv.length > 2) throw new WgError(`Usage: wg ${command}`);
  const bytes = Uint8Array.from({ length: 32 }, () => process.random.below(256));
  await process.stdout.write(`${formatKey(command === 'genkey' ? clamp(bytes) : bytes)}\n`);
  return 0;
}

/** `wg pubkey` */
export async function publicKeyOf(process: Process): Promise<number> {
  if (process.argv.length > 2) throw new WgError('Usage: wg pubkey');
  const text = new TextDecoder().decode(await readAll(process.stdin, process.signals.ended));
  const key = parseKey(text.slice(0, 44));
  if (key === undefined) throw new WgError('wg: Key is not the correct length or format');
  if (text.slice(44).trim() !== '') throw new WgError('wg: Trailing characters found after key');
  await process.stdout.write(`${formatKey(publicKey(key))}\n`);
  return 0;
}
