import type { Context } from './context.ts';
import { examine } from './doctor/examine.ts';
import type { Finding } from './doctor/finding.ts';
import { EXIT } from './failure.ts';

const MARKS = { good: ['green', 'ok'], unsure: ['yellow', '??'], bad: ['red', 'no'] } as const;

/** `hop doctor [--json]`: exit 3 when labs on kind can't run here. */
export async function doctor({ screen, env }: Context, options: { json?: boolean }): Promise<number> {
  const shown = (finding: Finding): void => {
    const [colour, mark] = MARKS[finding.verdict];
    screen.out(`${screen.paint(colour, mark)}  ${finding.name.padEnd(18)} ${finding.found}`);
    if (finding.next !== undefined)
      screen.out(`${' '.repeat(23)}${finding.next.replaceAll('\n', `\n${' '.repeat(23)}`)}`);
  };
  const findings = await examine(env, options.json ? () => {} : shown);
  const bad = findings.filter(({ verdict }) => verdict === 'bad');
  if (options.json) screen.out(JSON.stringify({ ready: bad.length === 0, findings }, undefined, 2));
  else {
    screen.out();
    screen.out(
      bad.length === 0
        ? 'This machine is ready for labs on kind: npx hop-by-hop lab start pods'
        : `Labs on kind need what is marked "no" above. In the page all labs run without it: npx hop-by-hop start`,
    );
  }
  return bad.length === 0 ? EXIT.ok : EXIT.missing;
}
