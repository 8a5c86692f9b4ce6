import { IpError } from '../ip/arguments.ts';

/** For what the real tool knows and this one doesn't. */
export function notModelled(what: string): IpError {
  return new IpError(`bridge: ${what} is not modelled in this simulation`, 255);
}
