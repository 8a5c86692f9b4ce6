/**
 * The `kubectl` that the course's terminals find first: the real one, as long as it is about the course's cluster.
 * Anything that would lead elsewhere is refused, so that a habit (`--context prod`, an exported KUBECONFIG) does no
 * harm. Flags after `--` belong to the program inside the container.
 */
export function kubectlWrapper(at: {
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly context: string;
}): string {
  return `#!/bin/sh
# Written by hop; written anew at each start.
refuse() {
  echo "hop: $1 This terminal's kubectl only talks to the course's cluster (${at.context})." >&2
  echo "hop: For other clusters, use a terminal of your own." >&2
  exit 1
}
if [ "\${KUBECONFIG-}" != ${quote(at.kubeconfig)} ]; then
  refuse "KUBECONFIG is \${KUBECONFIG:-not set}, not the course's."
fi
want=
for word in "$@"; do
  if [ -n "$want" ]; then
    [ "$want" = --context ] && [ "$word" = ${quote(at.context)} ] || refuse "$want $word is not the course's."
    want=
    continue
  fi
  case $word in
    --) break ;;
    --context=${at.context}) ;;
    --context | --kubeconfig | --cluster | --server | -s | --user | --token) want=$word ;;
    --context=* | --kubeconfig=* | --cluster=* | --server=* | -s?* | --user=* | --token=*) refuse "$word is not the course's." ;;
  esac
done
if ! grep -q ${quote(`^current-context: "\\{0,1\\}${at.context}"\\{0,1\\}$`)} ${quote(at.kubeconfig)} 2>/dev/null; then
  refuse ${quote(`${at.kubeconfig} has another current context now.`)}
fi
exec ${quote(at.kubectl)} "$@"
`;
}

/** `hop` itself, run by the Node that runs now: the course's terminals need neither npx nor a global install. */
export function hopWrapper(node: string, script: string): string {
  return `#!/bin/sh
# Written by hop; written anew at each start.
exec ${quote(node)} ${quote(script)} "$@"
`;
}

/** One word of a POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
