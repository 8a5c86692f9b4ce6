import { NetworkNamespace } from '../../linux/namespace.ts';
import { iptablesOf } from '../../linux/netfilter/iptables/iptables.ts';
import { parseCommand } from '../../linux/netfilter/iptables/parse.ts';
import { Problem, problemText, Refusal } from '../../linux/netfilter/iptables/problem.ts';
import { Transaction } from '../../linux/netfilter/iptables/transaction.ts';
import { joinTables } from '../../linux/netfilter/iptables-nft/tables.ts';
import type { Program } from '../../linux/process/process.ts';

const NAME = 'iptables';

/** iptables(8), as version 1.8.9 on nftables (Debian 12). */
export const iptables: Program = async (process) => {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('iptables needs a simulated network namespace');
  const { stack } = process.netns;
  joinTables(stack);
  let warnings = '';
  try {
    const command = parseCommand(process.argv.slice(1), { stack }, NAME, (text) => (warnings += text));
    if ('answer' in command) {
      await process.stdout.write(command.answer);
      return 0;
    }
    if (warnings !== '') await process.stderr.write(warnings);
    const transaction = new Transaction(iptablesOf(stack));
    const text = transaction.run(command);
    const problems = transaction.commit();
    if (text !== '') await process.stdout.write(text);
    if (problems.length === 0) return 0;
    await process.stderr.write(problems.map((problem) => `${NAME} v1.8.9 (nf_tables):  ${problem.text}\n`).join(''));
    return 4;
  } catch (error) {
    if (error instanceof Problem) {
      await process.stderr.write(warnings + problemText(error, NAME));
      return error.status;
    }
    if (!(error instanceof Refusal)) throw error;
    const hint = error.message === 'Bad policy name' ? " Run `dmesg' for more information." : '';
    await process.stderr.write(`${NAME}: ${error.message}.${hint}\n`);
    return 1;
  }
};
