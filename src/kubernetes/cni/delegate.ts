import { Collector, textReader } from '../../linux/process/streams.ts';
import type { Invocation } from './plugin.ts';
import { CniCode, CniError, type CniResult } from './protocol.ts';

/**
 * Runs another plugin with the same variables and configuration, as the specification's section 4 ("Plugin
 * Delegation") wants it. Its refusal becomes this plugin's.
 */
export async function delegate(call: Invocation, type: string, command: 'ADD' | 'DEL' | 'CHECK'): Promise<CniResult> {
  const { process } = call;
  const folder = call.path.find((one) => process.files.exists(`${one}/${type}`));
  if (folder === undefined) {
    throw new CniError(CniCode.Internal, `failed to find plugin "${type}" in path [${call.path.join(' ')}]`);
  }
  const stdout = new Collector();
  const env = new Map(process.env);
  env.set('CNI_COMMAND', command);
  const child = process.spawn({
    argv: [`${folder}/${type}`],
    env,
    stdin: textReader(call.stdin),
    stdout,
    stderr: process.stderr,
  });
  const status = await child.exit;
  const output = stdout.text();
  if (status === 0) return (output === '' ? {} : JSON.parse(output)) as CniResult;
  try {
    const { code, msg, details } = JSON.parse(output) as { code: number; msg: string; details?: string };
    throw new CniError(code, msg, details);
  } catch (failure) {
    if (failure instanceof CniError) throw failure;
    throw new CniError(CniCode.Internal, `netplugin failed with no error message: exit status ${status}`);
  }
}
