import { askLocally } from '../labs/targets/kind/local-socket.ts';
import type { Context } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { throughDoor } from './lab/door.ts';

/** `hop answer TEXT`: exit 0 when it is right, 1 when it isn't. */
export async function answer(context: Context, words: readonly string[], options: { lab?: string }): Promise<number> {
  const text = words.join(' ');
  const { env, screen } = context;
  const say = ({ right, message }: { right: boolean; message: string }): number => {
    screen.out(message);
    return right ? EXIT.ok : EXIT.wrong;
  };
  // In the lab's own terminal the session listens right here.
  if (env.HOP_SOCKET && options.lab === undefined) {
    const verdict = await askLocally(env.HOP_SOCKET, { answer: text });
    if (verdict !== undefined) return say(verdict as { right: boolean; message: string });
  }
  const lab = options.lab ?? env.HOP_LAB;
  if (lab === undefined) {
    throw new Failure('Which lab is this an answer to?', 'Say it: hop answer --lab pods TEXT', EXIT.usage);
  }
  return throughDoor(context, lab, async ({ ask }) => {
    const { verdict } = await ask({ answer: text });
    return say(verdict ?? { right: false, message: 'The lab did not judge this answer.' });
  });
}
