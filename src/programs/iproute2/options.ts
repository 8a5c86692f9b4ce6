import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process } from '../../linux/process/process.ts';
import { type Arguments, IpError } from './arguments.ts';
import type { IpOptions, Names } from './context.ts';

/** A call whose options are being read. */
export interface Call {
  readonly process: Process;
  netns: NetworkNamespace;
  readonly options: IpOptions;
  readonly args: Arguments;
  readonly names: Names;
  paint?: (text: string) => string;
}

/** @returns the exit status, if nothing else is to be done */
export type Option = (call: Call) => undefined | Promise<number>;

type Switch = Exclude<keyof IpOptions, 'family' | 'statistics' | 'human'>;

export function turnOn(name: Switch): Option {
  return ({ options }) => {
    options[name] = true;
    return undefined;
  };
}

/** `-s`, which may be said twice. */
export const countStatistics: Option = ({ options }) => {
  options.statistics++;
  return undefined;
};

/** `-h` and `-iec`: numbers in steps of 1000, or of 1024. */
export function shortenNumbers(base: 1000 | 1024): Option {
  return ({ options }) => {
    options.human = base;
    return undefined;
  };
}

/** For what changes nothing here: colours of tools that are not painted. */
export const ignored: Option = () => undefined;

/** Prints a text and ends. */
export function printed(text: string): Option {
  return async ({ process }) => {
    await process.stdout.write(text);
    return 0;
  };
}

/** `-netns NAME`: the tool works in another namespace. */
export const inNamespace: Option = (call) => {
  const name = call.args.next();
  const found = call.process.services.namespaces?.get(name);
  if (found === undefined) throw noNamespace(name);
  call.netns = found;
  return undefined;
};

export function noNamespace(name: string): IpError {
  return new IpError(`Cannot open network namespace "${name}": No such file or directory`, 255);
}
