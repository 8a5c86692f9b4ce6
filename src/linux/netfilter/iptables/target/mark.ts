import { target } from '../extension.ts';
import { Problem } from '../problem.ts';
import { operate, operationOf, operationOptions, operationText, translateOperation } from './mark-operation.ts';

const NONE = { value: 0, mask: 0 };

export const mark = target({
  name: 'MARK',
  summary: "changes the packet's mark",
  options: operationOptions([]),
  settle(values) {
    const operation = operationOf(values);
    if (operation === undefined) {
      throw new Problem('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required');
    }
    return { 'set-xmark': { value: operation, inverted: false } };
  },
  list: (values) => `MARK ${operationText(operationOf(values) ?? NONE)}`,
  // A blank ends it, which shows where a comment follows.
  translate: (values) => `meta mark set ${translateOperation(operationOf(values) ?? NONE, 'mark')} `,
  compile(values) {
    const operation = operationOf(values) ?? NONE;
    return ({ skb }) => {
      skb.mark = operate(operation, skb.mark);
      return undefined;
    };
  },
});
