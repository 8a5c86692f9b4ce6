import type { Command } from '../command.ts';
import { createFlags, createGenerated, lackingCreate, oneName } from './generate.ts';

export const createNamespace: Command = {
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  usage: 'create namespace NAME [--dry-run=server|client|none] [options]',
  argument: 'none',
  flags: createFlags,
  lacking: lackingCreate,
  run: (call) =>
    createGenerated(call, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: oneName(call, 'create namespace') },
      spec: {},
      status: {},
    }),
};
