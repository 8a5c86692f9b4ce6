import { expect } from 'vitest';
import { eventLoopHost } from '../../simulation/host.ts';
import { Simulation } from '../../simulation/simulation.ts';
import type { Check, Lab, Step } from '../spec/lab.ts';
import { FakeTarget, pod } from '../target-for-test.ts';
import { LabEngine } from './engine.ts';
import type { LabState, SessionCommand, SessionEvent } from './protocol.ts';

export const because = 'It matters.';
export const step = (id: string, checks: readonly Check[], more: Partial<Step> = {}): Step => ({
  id,
  title: `Step ${id}`,
  text: 'Do it.',
  checks,
  hints: ['ask', 'look', 'type'],
  solution: `solve ${id}`,
  ...more,
});
export const hasPod = (name: string): Check => ({ assert: { kind: 'Pod', metadata: { name } }, because });

export const LAB: Lab = {
  id: 'small',
  title: 'Small',
  lesson: 'pods',
  minutes: 5,
  situation: 'So it is.',
  cluster: { workers: 2, cni: 'kindnet', proxy: 'iptables' },
  changesNode: false,
  targets: ['page', 'kind'],
  manifests: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { nodeName: '$WORKER' } }],
  files: [{ path: 'start.yaml', text: 'node: $WORKER2\n' }],
  steps: [
    step('make', [hasPod('mine')]),
    step('say', [{ answer: { ask: 'Which?', accept: '{.status.podIP} of pod/web' }, because }], {
      capture: { web: '{.metadata.uid} of pod/web' },
    }),
    step('gone', [{ assert: { kind: 'Pod', metadata: { name: 'mine' } }, absent: true, because }]),
  ],
};

/** A small lab on a target without a cluster, whose solutions do what they should. */
export function session({ lab = LAB, pollEvery }: { lab?: Lab; pollEvery?: number } = {}) {
  const clock = new Simulation({ seed: 'engine', host: eventLoopHost() });
  const target = new FakeTarget();
  const events: SessionEvent[] = [];
  const options = { target, lab, clock, emit: (event: SessionEvent) => events.push(event) };
  const engine = new LabEngine(pollEvery === undefined ? options : { ...options, pollEvery });
  target.onRun = async (script) => {
    if (script === 'solve make') target.put(pod('mine'));
    if (script === 'solve say') await target.services?.answer('10.244.1.2');
    if (script === 'solve gone') target.remove('Pod', 'mine');
    return { code: 0, stdout: '', stderr: '' };
  };
  const pass = (milliseconds: number) => clock.runTo(clock.now() + milliseconds);
  const handle = async (command: SessionCommand, limit = 200_000) => {
    let done = false;
    void engine.handle(command).then(() => (done = true));
    expect(await clock.runUntil(() => done, limit)).toBe(true);
  };
  const states = () => events.flatMap((event) => (event.type === 'lab' ? [event.state] : []));
  const marks = (state: LabState = engine.state) => state.steps.map((each) => `${each.state}${each.holds ? '+' : ''}`);
  const checks = (id: string) => engine.state.steps.find((each) => each.id === id)?.checks ?? [];
  const errors = () => events.flatMap((event) => (event.type === 'error' ? [event.message] : []));
  return { clock, target, engine, events, pass, handle, states, marks, checks, errors };
}
