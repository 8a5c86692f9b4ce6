import { clusterSpec, nodeVariables } from './cluster.ts';
import { looksLikeField } from './field.ts';
import type { Manifest } from './lab.ts';
import { nearest } from './nearest.ts';
import { objectProblems } from './object.ts';
import type { Position, Problem } from './problem.ts';
import { locate } from './read.ts';
import type { LabFile, Step } from './schema.ts';
import type { AnswerCheck } from './schema-check.ts';
import type { Known } from './source.ts';
import {
  fieldProblem,
  names,
  placeProblem,
  type Report,
  regexProblem,
  type StepContext,
  safe,
  texts,
  urlProblem,
} from './values.ts';

/**
 * What a lab's fields must be to each other, beyond each one's own shape. `files` are the texts of the learner's
 * files; `complete`: whether all manifests could be read.
 */
export function brokenRules(
  id: string,
  file: string,
  lab: LabFile,
  manifests: readonly Manifest[],
  { files, complete }: { readonly files: readonly string[]; readonly complete: boolean },
  known: Known,
  at: (field: string) => Position,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (field, { nearest: meant, ...wrong }) =>
    problems.push({ file, ...at(field), field, ...wrong, ...(meant === undefined ? {} : { nearest: meant }) });

  if (known.lessons !== undefined && !known.lessons.includes(lab.lesson)) {
    const meant = nearest(lab.lesson, known.lessons);
    report('lesson', { message: 'no such lesson', found: `"${lab.lesson}"`, nearest: meant });
  }
  if (lab.targets !== undefined && lab.reason === undefined) {
    report('targets', {
      message: 'a lab that does not run everywhere says why',
      expected: 'a `reason` beside `targets`',
    });
  }
  if (lab.reason !== undefined && lab.targets === undefined) {
    report('reason', { message: 'a reason without `targets` says nothing', expected: '`targets: [page]` or `[kind]`' });
  }
  const twice = new Set<string>();
  for (const { kind, metadata } of manifests) {
    const name = `${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`;
    if (twice.has(name)) report('setup', { message: 'two manifests make one object', found: name });
    twice.add(name);
  }
  const nodes = nodeVariables(clusterSpec({ id, ...lab }));
  const variables = new Set(Object.keys(nodes));
  const ids = new Set<string>();
  for (const [i, step] of lab.steps.entries()) {
    const field = `steps[${i}]`;
    if (ids.has(step.id)) {
      report(`${field}.id`, { message: 'two steps have this id', found: `"${step.id}"`, expected: 'a new one' });
    }
    ids.add(step.id);
    const context: StepContext = {
      field,
      lab,
      manifests: complete ? manifests : undefined,
      files,
      variables,
      known,
      file,
      at,
      problems,
      report,
    };
    captureProblems(step, context);
    checkProblems(step, context);
  }
  return problems;
}

function captureProblems(step: Step, context: StepContext): void {
  for (const [name, text] of Object.entries(step.capture ?? {})) {
    const field = `${context.field}.capture.${name}`;
    names(text, field, context);
    fieldProblem(text, field, context);
  }
  for (const name of Object.keys(step.capture ?? {})) context.variables.add(name);
}

function checkProblems(step: Step, context: StepContext): void {
  const { report } = context;
  const answers = step.checks.filter((check) => 'answer' in check);
  if (answers.length > 1) {
    const message = 'a step asks one thing at most, so that `hop answer` needs no name';
    report(`${context.field}.checks`, { message, found: `${answers.length} answers` });
  }
  const [only, ...others] = step.checks;
  if (only !== undefined && 'probe' in only && others.length === 0 && !only.probe.failsUnsolved) {
    report(`${context.field}.checks[0].probe`, {
      message: "a probe is its step's only check",
      expected: 'a check of what the learner made beside it, or `failsUnsolved: true` where it fails before the step',
    });
  }
  for (const [i, check] of step.checks.entries()) {
    const field = `${context.field}.checks[${i}]`;
    if ('assert' in check) {
      const located = locate(check.assert, (path) => context.at(path), `${field}.assert`);
      const { schema } = context.known;
      context.problems.push(
        ...objectProblems(context.file, located, schema, { whole: false, prefix: `${field}.assert` }),
      );
      texts(check.assert, `${field}.assert`, context);
      if (check.absent && check.count !== undefined) {
        report(`${field}.count`, { message: '`absent` and `count` say the same thing twice', expected: 'one of them' });
      }
    } else if ('probe' in check) {
      placeProblem(check.probe.from, `${field}.probe.from`, context);
      if (check.probe.at !== undefined) {
        names(check.probe.at, `${field}.probe.at`, context);
        fieldProblem(check.probe.at, `${field}.probe.at`, context);
      }
      const own = check.probe.at === undefined ? [] : ['at'];
      names(check.probe.to, `${field}.probe.to`, context, own);
      urlProblem(check.probe.to, `${field}.probe.to`, context);
      const { expect } = check.probe;
      const replies = [expect.status, expect.body, expect.from, expect.source].some((part) => part !== undefined);
      if (replies && expect.outcome !== 'reply') {
        const message = 'only a reply has a status, a body or a sender';
        report(`${field}.probe.expect.outcome`, { message, found: `"${expect.outcome}"`, expected: '"reply"' });
      }
    } else if ('command' in check) {
      const { command } = check;
      placeProblem(command.in, `${field}.command.in`, context);
      if (command.contains === undefined && command.lacks === undefined && command.matches === undefined) {
        const expected = '"contains", "lacks" or "matches"';
        report(`${field}.command`, { message: 'a command without a word on what it must print', expected });
      }
      texts(command.contains, `${field}.command.contains`, context);
      texts(command.lacks, `${field}.command.lacks`, context);
      regexProblem(command.matches, `${field}.command.matches`, context);
    } else answerProblems(check, `${field}.answer`, context);
  }
}

function answerProblems({ answer }: AnswerCheck, field: string, context: StepContext): void {
  const { accept } = answer;
  if (typeof accept === 'object' && 'run' in accept) {
    placeProblem(accept.in, `${field}.accept.in`, context);
    regexProblem(accept.matches, `${field}.accept.matches`, context);
    const groups = new RegExp(`${safe(accept.matches)}|`).exec('')?.length ?? 1;
    if (groups < 2) {
      const expected = 'round brackets about what the learner has to say';
      context.report(`${field}.accept.matches`, { message: 'the expression has no group', expected });
    }
    return;
  }
  for (const [i, text] of (typeof accept === 'string' ? [accept] : accept).entries()) {
    const path = typeof accept === 'string' ? `${field}.accept` : `${field}.accept[${i}]`;
    names(text, path, context);
    if (looksLikeField(text)) fieldProblem(text, path, context);
    else if (/^\/.*\/$/s.test(text)) regexProblem(text.slice(1, -1), path, context);
  }
}
