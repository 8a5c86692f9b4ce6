/** Keys of 32 bytes, as text in base64. */

export function formatKey(key: Uint8Array): string {
  return btoa(String.fromCharCode(...key));
}

/** @returns `undefined` for what is no key */
export function parseKey(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z\d+/]{42}[AEIMQUYcgkosw048]=$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
