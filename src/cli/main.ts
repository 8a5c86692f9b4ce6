import { Command } from 'commander';

/** Runs one command line; resolves with its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('hop').description('Kubernetes networking that you can see inside.');
  await program.parseAsync([...argv], { from: 'user' });
  return 0;
}
