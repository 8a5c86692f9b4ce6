/**
 * The servers that real tools ask, in their own network namespace: `node server.ts dns|http`. What they answer is what
 * the simulated ones answer (src/programs/dns/server.fixture.ts, pages.ts).
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { decodeMessage, encodeMessage } from '../../../src/programs/dns/message.ts';
import { answerFromZone } from '../../../src/programs/dns/server.fixture.ts';
import { reply } from './pages.ts';

function answer(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  const query = decodeMessage(bytes);
  return typeof query === 'string' ? undefined : encodeMessage(answerFromZone(query), limit);
}

if (process.argv[2] === 'dns') {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => {
    const reply = answer(bytes, 512);
    if (reply !== undefined) socket.send(reply, port, address);
  });
  socket.bind(53);
  createServer((connection) => {
    connection.on('error', () => {});
    connection.on('data', (bytes) => {
      const reply = answer(bytes.subarray(2), 65535);
      if (reply !== undefined) connection.write(Uint8Array.from([reply.length >>> 8, reply.length & 255, ...reply]));
    });
  }).listen(53, () => console.log('ready'));
}

if (process.argv[2] === 'http') {
  createServer((connection) => {
    let received = '';
    connection.on('error', () => {});
    connection.on('data', (data) => {
      received += data;
      for (let next = reply(received); next !== undefined; next = reply(received)) {
        received = received.slice(next.used);
        connection.write(next.send);
        if (next.after === 'close') connection.end();
        if (next.after === 'reset') connection.resetAndDestroy();
      }
    });
  }).listen(8080, () => console.log('ready'));
}
