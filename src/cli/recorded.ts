import { type Screen, screenOn } from './screen.ts';

/** A screen that remembers, as a pipe or as a terminal. */
export function recorded(isTTY = false, env: NodeJS.ProcessEnv = {}) {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const screen: Screen = screenOn(stream('out'), stream('err'), env);
  return { screen, out: () => texts.out, err: () => texts.err };
}
