/**
 * Flags that the real verbs of kubectl 1.37 have and the page's lack: they are refused by name, so that a
 * learner sees that the word is right. Short ones are written with their dash.
 */
export const lackingEverywhere: readonly string[] = [
  'as',
  'as-group',
  'as-uid',
  'as-user-extra',
  'cache-dir',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'cluster',
  'disable-compression',
  'insecure-skip-tls-verify',
  'kubeconfig',
  'kuberc',
  'log-flush-frequency',
  'match-server-version',
  'password',
  'profile',
  'profile-output',
  'proxy-url',
  'request-timeout',
  '-s',
  'server',
  'tls-server-name',
  'token',
  'user',
  'username',
  '-v',
  'v',
  'vmodule',
  'warnings-as-errors',
];

/** On each verb that prints an object. */
export const lackingPrinting: readonly string[] = ['allow-missing-template-keys', 'template'];
/** On each verb that reads files. */
export const lackingFiles: readonly string[] = ['-k', 'kustomize', '-R', 'recursive'];
