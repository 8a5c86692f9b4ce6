import type { Process } from '../../../linux/process/process.ts';
import { requestHttp } from '../../../programs/http/client.ts';
import type { HttpResponse } from '../../../programs/http/message.ts';
import { resolveHost } from '../../../programs/resolve.ts';
import { ownerOf } from '../../../programs/socket-owner.ts';

const TIMEOUT = 5000;

/** Asks another server and says what came back: `{"responses":["web-1"]}`. HTTP alone is modelled. */
export async function dial(
  process: Process,
  parameters: URLSearchParams,
  text: (body: string, status?: number) => HttpResponse,
): Promise<HttpResponse> {
  const host = parameters.get('host') ?? '';
  const port = Number(parameters.get('port'));
  const request = parameters.get('request') ?? '';
  const tries = Number(parameters.get('tries') ?? 1);
  const protocol = parameters.get('protocol') ?? 'http';
  if (request === '') return text('request parameter not specified. <nil>\n', 400);
  if (!Number.isInteger(tries) || tries < 1 || tries > 100)
    return text('tries parameter is invalid: expected 1 to 100\n', 400);
  if (protocol !== 'http') return text(`unsupported protocol. ${protocol}\n`, 400);
  const address = resolveHost(process, host);
  if (address === undefined || !Number.isInteger(port) || port < 1 || port > 65535) {
    return text('host and/or port param are invalid\n', 400);
  }
  const responses: string[] = [];
  const errors: string[] = [];
  for (let i = 0; i < tries; i++) {
    const limit = new AbortController();
    const timer = process.clock.after(TIMEOUT, () => limit.abort(new Error('i/o timeout')));
    try {
      const connection = await process.netns.sockets.connectTcp({ address, port }, ownerOf(process), {
        signal: limit.signal,
      });
      const headers: [string, string][] = [
        ['Host', `${host}:${port}`],
        ['User-Agent', 'Go-http-client/1.1'],
      ];
      const { body } = await requestHttp(connection, { method: 'GET', target: `/${request}`, headers }, limit.signal);
      connection.close();
      responses.push(new TextDecoder().decode(body));
    } catch (failure) {
      process.signals.ended.throwIfAborted();
      errors.push(`Get "http://${host}:${port}/${request}": ${(failure as Error).message}`);
    } finally {
      timer.cancel();
    }
  }
  return text(JSON.stringify({ ...(errors.length ? { errors } : {}), ...(responses.length ? { responses } : {}) }));
}
