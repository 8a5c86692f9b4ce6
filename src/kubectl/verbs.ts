import { apiResources } from './api-resources.ts';
import { apply } from './apply.ts';
import { clusterInfo } from './cluster-info.ts';
import type { Command } from './command.ts';
import { config } from './config.ts';
import { create } from './create.ts';
import { deleteObjects } from './delete.ts';
import { describe } from './describe.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { logs } from './logs.ts';
import { rollout } from './rollout.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

/** The verbs of the page's kubectl, in the order in which help lists them. */
export const verbs: readonly Command[] = [
  create,
  run,
  get,
  deleteObjects,
  rollout,
  scale,
  clusterInfo,
  describe,
  logs,
  exec,
  apply,
  wait,
  label,
  apiResources,
  config,
  version,
];

/** Verbs of the real kubectl 1.37 that the page's refuses by name. */
export const lackingVerbs: readonly string[] = [
  'annotate',
  'api-versions',
  'attach',
  'auth',
  'autoscale',
  'certificate',
  'completion',
  'cordon',
  'cp',
  'debug',
  'diff',
  'drain',
  'edit',
  'events',
  'explain',
  'expose',
  'kuberc',
  'kustomize',
  'patch',
  'plugin',
  'port-forward',
  'proxy',
  'replace',
  'set',
  'taint',
  'top',
  'uncordon',
];

export function findCommand(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((one) => one.name === name || one.aliases?.includes(name));
}
