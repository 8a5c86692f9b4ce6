import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Client } from '../client/client.ts';
import type { Feeds } from './feeds.ts';

/** What each controller stands on. `feeds` says what changes; reconciliations read the state through `client`. */
export interface ControllerContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly feeds: Feeds;
}

export interface RunningController {
  stop(): void;
}
