/** Virtual time, in milliseconds since the simulation began (fractions allowed; a microsecond is 0.001). */
export type Milliseconds = number;

/** A task that was scheduled and has not run yet. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time in the simulation. Nothing below `cluster/` may await anything but this
 * clock and the channels beside it: that is what makes a run repeat itself exactly.
 */
export interface Clock {
  /** Milliseconds since the simulation began. */
  now(): Milliseconds;
  /** The calendar time that `now()` stands for, in milliseconds since 1970 (what `date` prints). */
  wall(): number;
  /** Runs `task` after `delay` ms, after every task already due at that moment. Tasks must not throw. */
  after(delay: Milliseconds, task: () => void): Timer;
  /** Resolves after `delay` ms; rejects with `signal.reason` as soon as `signal` aborts. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>;
  /**
   * To be called by whoever resolves a promise that simulation code awaits: the scheduler then lets
   * every continuation run before virtual time moves on. Channels and `sleep` do it themselves.
   */
  woke(): void;
  /** Holds virtual time still until something outside (a program that is being loaded) is there. */
  hold<T>(outside: Promise<T>): Promise<T>;
}
