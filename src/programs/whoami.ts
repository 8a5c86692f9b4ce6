import { gnu } from './gnu/options.ts';

export const whoami = gnu(
  { name: 'whoami', usage: '', does: 'Print the user name of the current user.', options: [] },
  async ({ uid, stdout }) => {
    await stdout.write(`${uid === 0 ? 'root' : `user${uid}`}\n`);
    return 0;
  },
);
