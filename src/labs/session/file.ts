import type { FileContent } from './protocol.ts';

/** So much of a file tells whether it is text, as for grep and git: what has a zero byte there is none. */
const LOOKED_AT = 8000;

/** What the editor shows of a file: nothing of one that is no text. */
export function fileContent(path: string, bytes: Uint8Array): FileContent {
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return { path, text: '', binary: true };
  return { path, text: new TextDecoder().decode(bytes) };
}

/** Bytes as JSON can carry them. */
export function base64(bytes: Uint8Array): string {
  let characters = '';
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
