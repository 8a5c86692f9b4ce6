/** Resolves on Ctrl-C, on `kill`, and when the terminal is closed. A second Ctrl-C ends at once. */
export function interrupted(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once('SIGINT', () => process.exit(130));
        resolve(signal);
      });
    }
  });
}
