import type { Milliseconds } from '../../simulation/clock.ts';
import type { ApiServer } from '../api/server.ts';
import type { Transport } from './client.ts';

/** About what a request to an API server on the same network takes. */
const roundTrip: Milliseconds = 1;

/** Stands on the simulated API server itself: each request takes a moment of virtual time. */
export function localTransport(server: ApiServer, latency: Milliseconds = roundTrip): Transport {
  const { clock } = server;
  return {
    clock,
    async handle(operation) {
      await clock.sleep(latency / 2);
      const answer = server.handle(operation);
      await clock.sleep(latency / 2);
      return answer;
    },
    async connect(request) {
      await clock.sleep(latency);
      return server.connect(request);
    },
  };
}
