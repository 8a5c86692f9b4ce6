import { Marked, type Tokens } from 'marked';
import { clusterSpec, nodeVariables } from '../labs/spec/cluster.ts';
import type { Lab } from '../labs/spec/lab.ts';
import { fillIn } from '../labs/spec/text.ts';

/** A lab as its page shows it: texts are HTML, names of nodes filled in. */
export interface LabPage {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  /** The lesson's id, its file name without ending. */
  readonly lesson: string;
  readonly situation: string;
  readonly targets: readonly ('page' | 'kind')[];
  readonly reason?: string;
  readonly steps: readonly StepPage[];
}

export interface StepPage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Shown one by one, in this order. */
  readonly hints: readonly string[];
}

export function labPage(lab: Lab): LabPage {
  const render = renderer(nodeVariables(clusterSpec(lab)));
  return {
    id: lab.id,
    title: lab.title,
    minutes: lab.minutes,
    lesson: lab.lesson,
    situation: render(lab.situation),
    targets: lab.targets,
    ...(lab.reason === undefined ? {} : { reason: lab.reason }),
    steps: lab.steps.map(({ id, title, text, hints }) => ({ id, title, text: render(text), hints: hints.map(render) })),
  };
}

/**
 * Markdown to HTML. Raw HTML is shown as text: a lab says what to do, it doesn't draw. In prose `$WORKER` becomes the
 * node's name; in `sh` blocks it stays, because there the learner's shell knows it.
 */
function renderer(nodes: Readonly<Record<string, string>>): (markdown: string) => string {
  const marked = new Marked({
    async: false,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
      code: ({ text, lang }: Tokens.Code) =>
        lang === 'sh' ? command(text) : `<pre><code>${escapeHtml(text)}</code></pre>`,
      codespan: ({ text }: Tokens.Codespan) => `<code>${escapeHtml(fillIn(text, nodes))}</code>`,
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens);
        return /^(https:|\/|#)/.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
      },
      image: ({ text }: Tokens.Image) => escapeHtml(text),
    },
    walkTokens(token) {
      if (token.type === 'text' && 'text' in token) token.text = fillIn(token.text, nodes);
    },
  });
  return (markdown) => marked.parse(markdown) as string;
}

/** The page finds these by `data-command`: a click runs it, a Shift-click types it. */
function command(text: string): string {
  const shown = text.trim();
  return (
    `<div class="command" data-command="${escapeHtml(shown)}"><pre><code>${words(shown)}</code></pre>` +
    `<button type="button" title="Run it. With Shift: only type it.">Run<span class="sr-only"> ${escapeHtml(shown)}</span></button></div>`
  );
}

/** Each word is one box, so that a long command wraps between words and not inside `--`. */
const words = (text: string): string => text.replace(/\S+/g, (word) => `<span>${escapeHtml(word)}</span>`);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
