import { parseAddress, parseCidr } from '../validation/ip.ts';

const patterns: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/,
  duration: /^-?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w|hours?|minutes?|seconds?|days?|weeks?)\s*)+$|^0$/,
  email: /^[^@\s]+@[^@\s]+$/,
  hostname:
    /^(?=.{1,255}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:|^\//,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid4: /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  byte: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  mac: /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/,
};

/** Whether a text is not of that format; formats that the server doesn't know say nothing. */
export function formatProblem(value: string, format: string): boolean {
  switch (format) {
    case 'ipv4':
      return parseAddress(value)?.family !== 'IPv4' || value.includes(':');
    case 'ipv6':
      return parseAddress(value) === undefined || !value.includes(':');
    case 'cidr':
      return parseCidr(value) === undefined;
    case 'date':
    case 'date-time':
      return patterns[format]?.test(value) === false || Number.isNaN(Date.parse(value));
    default:
      return patterns[format]?.test(value) === false;
  }
}
