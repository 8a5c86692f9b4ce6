import { builtinSchema } from '../../kubernetes/schema/schema.ts';
import { readManifests } from '../../labs/spec/manifest.ts';

export interface YamlFault {
  readonly line: number;
  readonly message: string;
}

const schema = builtinSchema();

/** What is wrong with manifests, in the words that authors of labs get; loaded when somebody writes YAML. */
export function yamlFaults(path: string, text: string): readonly YamlFault[] {
  return readManifests({ path, text }, schema, Number.POSITIVE_INFINITY).problems.map((problem) => {
    const { line, field, message, found, expected, nearest } = problem;
    const details = [found === undefined ? '' : `found ${found}`, expected === undefined ? '' : `expected ${expected}`];
    const said = details.filter((part) => part !== '').join(', ');
    const meant = nearest === undefined ? '' : ` Did you mean “${nearest}”?`;
    return {
      line,
      message: `${field === '' ? '' : `${field}: `}${message}${said === '' ? '' : ` (${said})`}.${meant}`,
    };
  });
}
