import { looksLikeField, parseField } from '../spec/field.ts';
import type { AnswerCheck } from '../spec/lab.ts';
import { fillIn } from '../spec/text.ts';
import { TargetError } from '../target.ts';
import { lookUp } from './field.ts';
import type { CheckContext, CheckKindModule } from './outcome.ts';
import { placeOf } from './place.ts';

type Accept = AnswerCheck['answer']['accept'];

/** The learner says what they observed. It never tells what it accepts, not even when something fails. */
export const answer: CheckKindModule<AnswerCheck> = {
  acts: false,

  describe: ({ answer: { ask } }) => ask,

  async evaluate({ answer: { accept } }, context) {
    const said = context.answer?.trim();
    const expected = 'the right answer, in the field here or by `hop answer TEXT`';
    if (said === undefined || said === '') return { state: 'failing', expected, found: 'no answer yet' };
    const right = await isRight(said, accept, context);
    return { state: right ? 'passing' : 'failing', expected, found: `"${said}"` };
  },

  watches({ answer: { accept } }) {
    const texts = typeof accept === 'string' ? [accept] : 'run' in accept ? [] : accept;
    return texts.filter(looksLikeField).flatMap((text) => {
      const parsed = parseField(text);
      return 'query' in parsed ? [{ apiVersion: parsed.query.apiVersion, kind: parsed.query.kind }] : [];
    });
  },
};

async function isRight(said: string, accept: Accept, context: CheckContext): Promise<boolean> {
  if (typeof accept === 'object' && 'run' in accept) return (await printedBy(accept, context)).includes(said);
  for (const text of typeof accept === 'string' ? [accept] : accept) {
    if (looksLikeField(text)) {
      if ((await lookUp(text, context)).includes(said)) return true;
    } else if (/^\/.*\/$/s.test(text)) {
      if (new RegExp(`^(?:${fillIn(text.slice(1, -1), context.variables)})$`, 's').test(said)) return true;
    } else if (fillIn(text, context.variables).trim() === said) return true;
  }
  return false;
}

/** What the expression's first group finds in a command's output. */
async function printedBy(
  { in: place, run, matches }: Extract<Accept, { readonly run: string }>,
  context: CheckContext,
): Promise<readonly string[]> {
  const { variables, target, signal } = context;
  try {
    const argv = ['sh', '-c', fillIn(run, variables)];
    const { stdout } = await target.exec(placeOf(place, context), argv, signal === undefined ? {} : { signal });
    const expression = new RegExp(fillIn(matches, variables), 'gm');
    return [...stdout.matchAll(expression)].flatMap((match) => (match[1] === undefined ? [] : [match[1]]));
  } catch (error) {
    if (error instanceof TargetError && error.code === 'notFound') return [];
    throw error;
  }
}
