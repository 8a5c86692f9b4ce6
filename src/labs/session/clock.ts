import type { Clock } from '../../simulation/clock.ts';

/** What an engine needs of time: virtual in the page, the wall clock's on kind (where `woke` does nothing). */
export type EngineClock = Pick<Clock, 'now' | 'after' | 'sleep' | 'woke'>;
