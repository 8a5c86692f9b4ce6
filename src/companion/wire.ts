import type { SessionCommand, SessionEvent } from '../labs/session/protocol.ts';

/**
 * What a lab page and the companion say to each other. Types and addresses only: the page imports this file.
 *
 * - `POST /companion/hello` (no body) answers `Hello`; it is how a page learns that it is served by a companion.
 *   On a static host the same request fails, which means: no companion, simulated cluster only.
 * - `POST /companion/enter` with JSON `{code}` (typed by the learner) answers 204 and sets the cookie, or 403 `{message}`.
 * - `GET /session` is upgraded to a WebSocket; each message is one JSON `CompanionCommand` or `CompanionEvent`.
 */
export const HELLO_PATH = '/companion/hello';
export const ENTER_PATH = '/companion/enter';
export const SESSION_PATH = '/session';

export interface Hello {
  readonly companion: 'hop-by-hop';
  readonly version: string;
  /** Whether this browser has shown its code; else the page asks for the one that the terminal shows. */
  readonly signedIn: boolean;
  /** The lab whose session runs here; absent under `hop start`, which only serves the site. */
  readonly lab?: string;
}

/** `takeover` makes this tab the one that writes; the one that did becomes a reader. */
export type CompanionCommand = SessionCommand | { readonly type: 'takeover' };

/**
 * `role` comes first on each connection and again on each change. A reader gets every event, and its commands
 * (but `takeover`) are refused with an `error` event. After `role` come the last cluster, lab and prompt events
 * and `terminal.replay`: the kept end of the terminal's output, to be written to a fresh terminal.
 */
export type CompanionEvent =
  | SessionEvent
  | { readonly type: 'role'; readonly role: 'writer' | 'reader' }
  | { readonly type: 'terminal.replay'; readonly data: string };

/** Codes with which the server closes the WebSocket, beside those of RFC 6455. */
export const CLOSE_STOPPING = 4001;
