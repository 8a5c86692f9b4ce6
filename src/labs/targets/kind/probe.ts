import type { ExecResult, ProbeRequest, ProbeResult } from '../../target.ts';
import { TargetError } from '../../target.ts';

/** Runs a program in the probe's place; `until` ends it as soon as a line of its stderr matches. */
export type RunThere = (argv: readonly string[], timeoutMs: number, until?: RegExp) => Promise<ExecResult>;

/** Named in every HTTP probe, so that servers' logs and captures tell the course's own traffic. */
export const USER_AGENT = 'hop-check';

/** Sends real traffic with the tools of the place: curl for http and tcp, ping for icmp. */
export async function probe({ to, timeoutMs }: ProbeRequest, there: RunThere): Promise<ProbeResult> {
  const { protocol } = new URL(to);
  if (protocol === 'http:') return http(to, timeoutMs, there);
  const [, host = '', port = ''] = /^[a-z]+:\/\/([^/:]+)(?::(\d+))?/.exec(to) ?? [];
  if (protocol === 'tcp:') return tcp(host, port, timeoutMs, there);
  if (protocol === 'icmp:') return icmp(host, timeoutMs, there);
  throw new TargetError('unsupported', `Probes speak http, tcp and icmp: nothing can be sent to "${to}".`);
}

/** What curl writes after the body. */
const MARK = '\n<<hop ';

async function http(to: string, timeoutMs: number, there: RunThere): Promise<ProbeResult> {
  const result = await curl([to, '--write-out', `${MARK}%{http_code} %{time_total}>>`], timeoutMs, there);
  const [, body = '', status, seconds] = /^([\s\S]*)\n<<hop (\d+) ([\d.]+)>>$/.exec(result.stdout) ?? [];
  if (result.code !== 0 || status === undefined) return failure(result);
  // agnhost's /hostname names the pod, /clientip the address and port that it saw.
  const { pathname } = new URL(to);
  return {
    outcome: 'reply',
    status: Number(status),
    body,
    ...(pathname === '/hostname' ? { pod: body.trim() } : {}),
    ...(pathname === '/clientip' ? { source: body.trim().replace(/:\d+$/, '') } : {}),
    milliseconds: Math.round(Number(seconds) * 1000),
  };
}

const CONNECTED = /Connected to /;

async function tcp(host: string, port: string, timeoutMs: number, there: RunThere): Promise<ProbeResult> {
  const started = performance.now();
  const result = await curl([`telnet://${host}:${port}`], timeoutMs, there, CONNECTED);
  if (CONNECTED.test(result.stderr)) {
    return { outcome: 'reply', milliseconds: Math.round(performance.now() - started) };
  }
  return failure(result);
}

/** `-v`: only its lines tell "refused" from "no route". */
async function curl(argv: readonly string[], timeoutMs: number, there: RunThere, until?: RegExp): Promise<ExecResult> {
  const seconds = String(timeoutMs / 1000);
  const options = ['--silent', '--show-error', '--verbose', '--max-time', seconds, '--user-agent', USER_AGENT];
  const result = await there(['curl', ...options, ...argv], timeoutMs + 5000, until);
  if (result.code === 127) throw new TargetError('unsupported', 'There is no curl in that place to probe with.');
  return result;
}

/** curl's exit codes: 6 could not resolve, 7 failed to connect, 28 timed out (man curl, EXIT CODES). */
function failure({ code, stderr }: ExecResult): ProbeResult {
  const detail =
    stderr
      .split('\n')
      .findLast((line) => line.startsWith('curl: '))
      ?.slice('curl: '.length) ?? stderr.trim();
  if (code === 6) return { outcome: 'unresolved', detail };
  if (code === 28) return { outcome: 'timeout', detail };
  if (/No route to host|(Network|Host) is unreachable/i.test(stderr)) return { outcome: 'unreachable', detail };
  // 52 and 56: the connection was opened and then cut without an answer.
  if (code === 7 || code === 52 || code === 56) return { outcome: 'refused', detail };
  throw new TargetError('unavailable', `The probe failed: ${detail}`);
}

async function icmp(host: string, timeoutMs: number, there: RunThere): Promise<ProbeResult> {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  const { code, stdout, stderr } = await there(['ping', '-c', '1', '-W', seconds, host], timeoutMs + 5000);
  if (code === 127) throw new TargetError('unsupported', 'There is no ping in that place to probe with.');
  const time = /time=([\d.]+) ms/.exec(stdout)?.[1];
  if (code === 0 && time !== undefined) return { outcome: 'reply', milliseconds: Math.round(Number(time)) };
  const words = `${stdout}\n${stderr}`;
  const detail =
    words.split('\n').find((line) => /unreachable|bad address|not known|resolution|loss/i.test(line)) ?? '';
  if (/bad address|not known|name resolution|unknown host/i.test(words)) return { outcome: 'unresolved', detail };
  if (/unreachable/i.test(words)) return { outcome: 'unreachable', detail };
  return { outcome: 'timeout', detail };
}
