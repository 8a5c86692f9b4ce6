import type { TapEvent } from '../linux/tap/tap.ts';
import type { Story } from '../walk/story/story.ts';
import { tell } from '../walk/story/tell.ts';
import { goodLabs } from './labs.ts';
import { sceneOf } from './scene.ts';
import { openStage } from './stage.ts';

/** A walk of the site: which lab's cluster, who sends, and what is typed. Its packets are walked when the site is built. */
interface WalkPlan {
  readonly lab: string;
  readonly title: string;
  /** The pods in the picture; the first one sends. */
  readonly pods: readonly [string, ...string[]];
  readonly run: string;
  /** Which conversation is told: `icmp` or `tcp`. */
  readonly protocol: 'icmp' | 'tcp';
}

const plans = {
  'pod-to-pod': {
    lab: 'pods',
    title: 'A ping from the pod client to the pod far, on another node',
    pods: ['client', 'far'],
    run: "kubectl exec client -- ping -c 1 $(kubectl get pod far -o jsonpath='{.status.podIP}')",
    protocol: 'icmp',
  },
  'refused-port': {
    lab: 'pods',
    title: 'The pod client dials a port of web on which nothing listens',
    pods: ['client', 'web'],
    run: "kubectl exec client -- curl -s -m 2 http://$(kubectl get pod web -o jsonpath='{.status.podIP}'):9999/",
    protocol: 'tcp',
  },
} satisfies Record<string, WalkPlan>;

export type WalkName = keyof typeof plans;

const told = new Map<WalkName, Promise<Story>>();

/** A walk's story, computed by the simulation once a build. Rejects when its packets did not do what a walk shows. */
export function story(name: WalkName): Promise<Story> {
  const known = told.get(name);
  if (known !== undefined) return known;
  const made = make(plans[name]);
  told.set(name, made);
  return made;
}

async function make(plan: WalkPlan): Promise<Story> {
  const lab = goodLabs().find(({ id }) => id === plan.lab);
  if (lab === undefined) throw new Error(`a walk needs the lab "${plan.lab}", which is not there`);
  const stage = await openStage(lab, `walk ${plan.run}`);
  const events: TapEvent[] = [];
  // Who is where has been learnt before: ARP has its own lesson.
  await stage.run(plan.run);
  const scene = sceneOf(stage.cluster, plan.title, plan.pods);
  const stop = stage.cluster.tap.listen((event) => events.push(event));
  await stage.run(plan.run);
  stop();
  const namespaces = new Set(scene.machines.flatMap((machine) => machine.namespaces).map(({ id }) => id));
  const sender = scene.machines.flatMap((machine) => machine.namespaces).find(({ label }) => label === plan.pods[0]);
  const first = events.find(({ flow, namespace }) => flow?.startsWith(`${plan.protocol} `) && namespace === sender?.id);
  const flow = events.filter((event) => event.flow === first?.flow && namespaces.has(event.namespace ?? ''));
  await stage.close();
  const result = tell(scene, flow);
  if (result.steps.length < 3) throw new Error(`the walk "${plan.title}" has no packets: ${plan.run}`);
  return result;
}
