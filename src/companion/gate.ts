import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may ask the companion for what. A browser lets any page on the Web send requests to 127.0.0.1, so being
 * reachable from this machine alone proves nothing: Host tells a rebound name, Origin a foreign page, the cookie
 * a browser that was never handed the secret. All three are compared exactly: prefixes and suffixes are how such
 * checks have failed elsewhere.
 */
export interface Gate {
  /** `127.0.0.1:4321`, as the browser sends it. */
  readonly host: string;
  readonly cookieName: string;
  /** The secret that the cookie must carry. */
  readonly secret: string;
}

export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly message: string;
}

/** For everything: the request must name this very address. */
export function refuseHost(gate: Gate, headers: IncomingHttpHeaders): Refusal | undefined {
  if (headers.host === gate.host) return undefined;
  return { status: 421, message: `This server answers only to http://${gate.host}/. Open that address instead.` };
}

/** For APIs: the request must come from a page of this very server. A missing Origin is refused as well. */
export function refuseOrigin(gate: Gate, headers: IncomingHttpHeaders): Refusal | undefined {
  if (headers.origin === `http://${gate.host}`) return undefined;
  return { status: 403, message: 'This request did not come from a page of this server.' };
}

/** For sessions: Host, Origin and the cookie. */
export function refuseSession(gate: Gate, headers: IncomingHttpHeaders): Refusal | undefined {
  return (
    refuseHost(gate, headers) ??
    refuseOrigin(gate, headers) ??
    (isSignedIn(gate, headers)
      ? undefined
      : { status: 401, message: 'This browser has not shown its code yet. Type the code that the terminal shows.' })
  );
}

export function isSignedIn(gate: Gate, headers: IncomingHttpHeaders): boolean {
  return cookies(headers.cookie ?? '', gate.cookieName).some((value) => equalSecret(value, gate.secret));
}

/** Kept from scripts, and never sent along with a request that another site started. Ends with the browser. */
export function setCookie(gate: Gate): string {
  return `${gate.cookieName}=${gate.secret}; Path=/; HttpOnly; SameSite=Strict`;
}

function cookies(header: string, name: string): string[] {
  return header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

/** Compares without telling by its time how much was right. */
export function equalSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
