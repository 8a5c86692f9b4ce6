import { x25519 } from '@noble/curves/ed25519.js';

/** @returns the public key, 32 bytes, of a private key of 32 bytes (RFC 7748, section 6.1) */
export function publicKey(privateKey: Uint8Array): Uint8Array {
  return x25519.getPublicKey(privateKey);
}

/** decodeScalar25519 (RFC 7748, section 5): which bits every private key has. */
export function clamp(key: Uint8Array): Uint8Array {
  const clamped = Uint8Array.from(key);
  clamped[0] = (clamped[0] ?? 0) & 248;
  clamped[31] = ((clamped[31] ?? 0) & 127) | 64;
  return clamped;
}
