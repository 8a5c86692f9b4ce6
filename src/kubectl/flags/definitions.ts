import type { Flag } from './flag.ts';

/** Flags that several verbs share, each with the one meaning. */
export const globalFlags: readonly Flag[] = [
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    default: '',
    help: 'The namespace to work in; by default the one of the context.',
  },
  { name: 'context', type: 'string', default: '', help: 'The context to use; the page has one.' },
  { name: 'help', short: 'h', type: 'bool', default: 'false', help: 'Show help for the command.' },
];

export const output: Flag = {
  name: 'output',
  short: 'o',
  type: 'string',
  default: '',
  help: 'Output format. One of: (json, yaml, name, jsonpath=TEMPLATE).',
};
export const filename: Flag = {
  name: 'filename',
  short: 'f',
  type: 'list',
  help: 'A manifest, a folder of manifests, or - for standard input.',
};
export const selector: Flag = {
  name: 'selector',
  short: 'l',
  type: 'string',
  default: '',
  help: "Only objects whose labels match: '=', '==', '!=', 'in', 'notin' (-l app=web,tier!=db).",
};
export const fieldSelector: Flag = {
  name: 'field-selector',
  type: 'string',
  default: '',
  help: "Only objects whose fields match: '=', '==', '!=' (--field-selector spec.nodeName=NODE).",
};
export const allNamespaces: Flag = {
  name: 'all-namespaces',
  short: 'A',
  type: 'bool',
  default: 'false',
  help: 'Objects of all namespaces.',
};
export const all: Flag = {
  name: 'all',
  type: 'bool',
  default: 'false',
  help: 'All objects of the kind in the namespace.',
};
export const dryRun: Flag = {
  name: 'dry-run',
  type: 'string',
  default: 'none',
  bare: 'unchanged',
  help: 'none, client (send nothing, print what would be sent) or server (send it, keep nothing).',
};
export const fieldManager = (manager: string): Flag => ({
  name: 'field-manager',
  type: 'string',
  default: manager,
  help: 'The name under which the fields are owned.',
});
export const showManagedFields: Flag = {
  name: 'show-managed-fields',
  type: 'bool',
  default: 'false',
  help: 'Keep the managedFields when printing JSON or YAML.',
};
export const container: Flag = {
  name: 'container',
  short: 'c',
  type: 'string',
  default: '',
  help: "The container; by default the one that the pod's annotation names, or its first.",
};
export const timeout = (value: string, help: string): Flag => ({
  name: 'timeout',
  type: 'duration',
  default: value,
  help,
});
export const ignoreNotFound: Flag = {
  name: 'ignore-not-found',
  type: 'bool',
  default: 'false',
  help: "Don't fail for objects that aren't there.",
};
