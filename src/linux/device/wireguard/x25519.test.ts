import { expect, test } from 'vitest';
import { formatKey, parseKey } from './key.ts';
import { publicKey } from './x25519.ts';

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test.each([
  // RFC 7748, 6.1: Alice's and Bob's keys.
  [
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  ],
  [
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  ],
])('the public key of %s', (key, expected) => {
  expect(publicKey(hex(key))).toEqual(hex(expected));
});

test.each([
  // wg genkey and wg pubkey of wireguard-tools 1.0.20210914.
  ['SDSzAkwt5qvW5dQRJ/W56XBd9RAwGFwGQt60yCa1JXQ=', 'uTb9cb38yCdp+cmVqD61i51P9yT0vAZAYQuV9I/zF24='],
  ['8GrOP6A371d82HwdIejbALD20C9pgCEVeGRIzszax0g=', 'CqvRxxHRf3HnLGs6fZ3mPn/9O1STyfoc6sP8EgafVk4='],
])('wg pubkey of %s', (key, expected) => {
  const bytes = parseKey(key);
  if (bytes === undefined) throw new Error('not a key');
  expect(formatKey(publicKey(bytes))).toBe(expected);
});

test.each([
  '',
  'x',
  'SDSzAkwt5qvW5dQRJ/W56XBd9RAwGFwGQt60yCa1JXQ',
  'SDSzAkwt5qvW5dQRJ/W56XBd9RAwGFwGQt60yCa1JX==',
  '='.repeat(44),
])('%j is no key', (text) => {
  expect(parseKey(text)).toBeUndefined();
});
