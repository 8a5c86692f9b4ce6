import { formatIp, parseIp } from '../../../linux/packet/address.ts';
import type { Process } from '../../../linux/process/process.ts';
import type { HttpResponse } from '../../../programs/http/message.ts';
import { type IncomingRequest, serveHttp } from '../../../programs/http/server.ts';
import { ownerOf } from '../../../programs/socket-owner.ts';
import { Deferred } from '../../../simulation/deferred.ts';
import { dial } from './dial.ts';
import { parseFlags } from './flags.ts';
import { goTime, klog } from './log.ts';
import { serveUdp } from './udp.ts';

/** An HTTP and a UDP server that say who they are and whom they see. Source: agnhost's README, "netexec". */
export async function netexec(process: Process, words: readonly string[]): Promise<number> {
  const { flags } = parseFlags(words, {
    'http-port': 8080,
    'udp-port': 8081,
    'delay-shutdown': 0,
    'http-override': '',
    'udp-listen-addresses': '',
  });
  const { sockets } = process.netns;
  const owner = ownerOf(process);
  const started = process.clock.now();
  const done = new Deferred<number>(process.clock);
  let terminating = false;
  process.signals.on('TERM', () => {
    terminating = true;
    process.clock.after(flags['delay-shutdown'] * 1000, () => done.resolve(0));
  });
  process.signals.ended.addEventListener('abort', () => done.reject(process.signals.ended.reason), { once: true });

  const listener = sockets.listenTcp({ address: 0, port: flags['http-port'] }, owner);
  await klog(process, `Started HTTP server on port ${flags['http-port']}`);
  const handler = (request: IncomingRequest) => answer(process, request, started, () => terminating);
  void serveHttp(listener, handler, process.signals.ended, { wall: () => process.clock.wall() }).catch(() => {});
  if (flags['udp-port'] !== -1) {
    const addresses = flags['udp-listen-addresses'] === '' ? ['0.0.0.0'] : flags['udp-listen-addresses'].split(',');
    for (const text of addresses) {
      const socket = sockets.openUdp({ address: parseIp(text) ?? 0, port: flags['udp-port'] }, owner);
      await klog(process, `Started UDP server on port ${text === '0.0.0.0' ? '' : text} ${flags['udp-port']}`);
      void serveUdp(process, socket).catch(() => {});
    }
  }
  return done.promise;
}

async function answer(
  process: Process,
  request: IncomingRequest,
  started: number,
  terminating: () => boolean,
): Promise<HttpResponse> {
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  // The server adds Date, Content-Length and Content-Type in the order in which Go's does.
  const text = (body: string, status = 200): HttpResponse => ({ status, body });
  const client = `${formatIp(request.remote.address)}:${request.remote.port}`;
  await klog(
    process,
    `GET ${path === '/echo' ? `/echo?msg=${parameters.get('msg') ?? ''}&code=${parameters.get('code') ?? ''}` : path}`,
  );
  switch (path) {
    case '/hostname':
    case '/hostName':
      return text(process.hostname);
    case '/clientip':
      return text(client);
    case '/serverport':
      return text(String(request.local.port));
    case '/healthz':
      return text('');
    case '/readyz':
      return text('', terminating() ? 503 : 200);
    case '/echo': {
      const code = parameters.get('code') ?? '';
      if (code !== '' && !/^\d{3}$/.test(code))
        return text(`argument 'code' must be an integer or empty, got "${code}"\n`);
      return text(parameters.get('msg') ?? '', code === '' ? 200 : Number(code));
    }
    case '/header':
      return text(
        request.headers.find(([name]) => name.toLowerCase() === (parameters.get('key') ?? '').toLowerCase())?.[1] ?? '',
      );
    case '/envvar':
      return text(process.env.get(parameters.get('var') ?? '') ?? '');
    case '/dial':
      return dial(process, parameters, text);
    case '/shell':
    case '/upload':
    case '/exit':
    case '/shutdown':
      return text(`${path} is not modelled in this image: use kubectl exec\n`, 501);
    default:
      return text(`NOW: ${goTime(process, started)}`);
  }
}
