/** Rules of names (RFC 1035, RFC 1123, Kubernetes labels), each giving the API server's own sentences. */
export type NameRule = (name: string) => string[];

/** The server counts names in characters, labels in bytes. */
function tooLong(limit: number, unit: 'bytes' | 'characters'): string {
  return `must be no more than ${limit} ${unit}`;
}

export function regexError(message: string, pattern: string, ...examples: string[]): string {
  const [first, ...rest] = examples;
  const given = [`'${first}'`, ...rest.map((example) => ` or '${example}'`)].join(', ');
  return `${message} (e.g. ${given}, regex used for validation is '${pattern}')`;
}

function rule(limit: number, pattern: string, sentence: string, unit: 'bytes' | 'characters' = 'characters'): NameRule {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (name) => [...(name.length > limit ? [tooLong(limit, unit)] : []), ...(whole.test(name) ? [] : [sentence])];
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;

const anyLabel: NameRule = rule(
  63,
  label,
  regexError(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    label,
    'my-name',
    '123-abc',
  ),
);

/** One that is only not a label because it is several is told just that. */
export const dnsLabel: NameRule = (name) =>
  name.length <= 63 && new RegExp(`^${subdomain}$`).test(name) && name.includes('.')
    ? ['must not contain dots']
    : anyLabel(name);

const subdomainSentence = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  'example.com',
);

export const dnsSubdomain: NameRule = rule(253, subdomain, subdomainSentence);

/** A wildcard stands for the first label (RFC 1034, 4.3.3). */
export const wildcardSubdomain: NameRule = rule(
  253,
  `\\*\\.${subdomain}`,
  regexError(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    `\\*\\.${subdomain}`,
    '*.example.com',
  ),
);

/** Anything that can stand in a path. */
export const pathSegment: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
};

/** A label that begins with a letter (RFC 1035). */
export const dns1035Label: NameRule = rule(
  63,
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  regexError(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    '[a-z]([-a-z0-9]*[a-z0-9])?',
    'my-name',
    'abc-123',
  ),
);

const qualifiedPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualifiedSentence =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A label's or annotation's key: an optional DNS prefix and a name. */
export const qualifiedName: NameRule = (key) => {
  const parts = key.split('/');
  const errors: string[] = [];
  let name: string;
  if (parts.length === 1) {
    name = key;
  } else if (parts.length === 2) {
    name = parts[1] ?? '';
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dnsSubdomain(prefix).map((error) => `prefix part ${error}`));
  } else {
    return [
      `a valid label key ${regexError(qualifiedSentence, qualifiedPart, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${tooLong(63, 'bytes')}`);
  if (!new RegExp(`^(?:${qualifiedPart})$`).test(name)) {
    errors.push(`name part ${regexError(qualifiedSentence, qualifiedPart, 'MyName', 'my.name', '123-abc')}`);
  }
  return errors;
};

const labelValuePattern = `(${qualifiedPart})?`;

export const labelValue: NameRule = rule(
  63,
  labelValuePattern,
  regexError(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    labelValuePattern,
    'MyValue',
    'my_value',
    '12345',
  ),
  'bytes',
);

/** Keys of ConfigMaps: file names. */
export const configKey: NameRule = (key) => {
  const errors = rule(
    253,
    '[-._a-zA-Z0-9]+',
    regexError(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
      '[-._a-zA-Z0-9]+',
      'key.name',
      'KEY_NAME',
      'key-name',
    ),
  )(key);
  if (key === '.') errors.push("must not be '.'");
  if (key === '..') errors.push("must not be '..'");
  else if (key.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};

/** Environment variables: anything printable without `=`, as Kubernetes allows since 1.34. */
export const envVarName: NameRule = (name) =>
  /^[ -<>-~]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** Port names (RFC 6335 service names). */
export const portName: NameRule = (name) => {
  const errors: string[] = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
};
