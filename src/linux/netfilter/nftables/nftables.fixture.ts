import type { NetworkNamespace } from '../../namespace.ts';
import { Lab } from '../../network.fixture.ts';
import { carryOut } from './command/carry-out.ts';
import { nftablesOf } from './kernel.ts';
import { describeError } from './parse/location.ts';
import type { Style } from './type/datatype.ts';

/** One namespace's nftables, by text. */
export class Nft {
  readonly lab: Lab;
  readonly namespace: NetworkNamespace;

  constructor(namespace?: NetworkNamespace, lab = new Lab()) {
    this.lab = lab;
    this.namespace = namespace ?? lab.namespace('box');
  }

  /** Throws what nft would print as an error. */
  run(text: string, style: Partial<Style> = {}): string {
    const kernel = nftablesOf(this.namespace.stack);
    const { output, errors } = carryOut(kernel, {
      name: 'rules',
      text: text.endsWith('\n') ? text : `${text}\n`,
      style: { ...style, devices: kernel.runtime.devices },
      readFile: () => undefined,
    });
    if (errors.length > 0) throw new Error(errors.map(describeError).join(''));
    return output.map(({ text }) => text).join('');
  }

  /** The errors alone. */
  errors(text: string): string {
    try {
      this.run(text);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }
}
