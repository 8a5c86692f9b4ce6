import { type Image, isValidReference } from '../images/image.ts';
import { RuntimeError } from '../runtime/container.ts';
import type { Container } from '../types/container.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';

/** The container can't be started now: its waiting state, and when to look again (ms), where that is known. */
export class NotStarted extends Error {
  readonly reason: string;
  readonly again: number | undefined;

  constructor(reason: string, message: string, again?: number) {
    super(message);
    this.name = 'NotStarted';
    this.reason = reason;
    this.again = again;
  }
}

/** How soon kubelet looks again at a pod that failed, in ms. */
const SOON = 1000;

/** What the last pull of a pod's image came to, so that the back-off can say why. */
const lastFailure = new WeakMap<KubeletContext, Map<string, string>>();

/** The image of a container, pulled where its policy says so. Rejects with `NotStarted`. */
export async function ensureImage(context: KubeletContext, pod: Pod, container: Container): Promise<Image> {
  const { runtime, recorder, imageBackoff, clock } = context;
  const reference = container.image ?? '';
  const at = fieldPath(pod, container);
  if (!isValidReference(reference)) {
    const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`;
    recorder.event(pod, 'Warning', 'InspectFailed', message, at);
    throw new NotStarted('InvalidImageName', message);
  }
  const present = runtime.images.find(reference);
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (present !== undefined && policy !== 'Always') {
    const message = `Container image "${reference}" already present on machine and can be accessed by the pod`;
    recorder.event(pod, 'Normal', 'Pulled', message, at);
    return present;
  }
  if (policy === 'Never') {
    const message = `Container image "${reference}" is not present with pull policy of Never`;
    recorder.event(pod, 'Warning', 'ErrImageNeverPull', message, at);
    throw new NotStarted('ErrImageNeverPull', message);
  }
  const key = `${pod.metadata.uid}_${reference}`;
  const failures = lastFailure.get(context) ?? new Map<string, string>();
  lastFailure.set(context, failures);
  const left = imageBackoff.leftSinceFailure(key);
  if (left > 0) {
    const message = `Back-off pulling image "${reference}"`;
    recorder.event(pod, 'Normal', 'BackOff', message, at);
    const why = failures.get(key);
    throw new NotStarted('ImagePullBackOff', why === undefined ? message : `${message}: ${why}`, left);
  }
  recorder.event(pod, 'Normal', 'Pulling', `Pulling image "${reference}"`, at);
  const start = clock.now();
  try {
    const image = await runtime.images.pull(reference);
    const took = goMilliseconds(clock.now() - start);
    recorder.event(
      pod,
      'Normal',
      'Pulled',
      `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${image.size} bytes.`,
      at,
    );
    failures.delete(key);
    return image;
  } catch (failure) {
    if (!(failure instanceof RuntimeError)) throw failure;
    imageBackoff.failed(key, clock.now());
    failures.set(key, `ErrImagePull: ${failure.message}`);
    recorder.event(pod, 'Warning', 'Failed', `Failed to pull image "${reference}": ${failure.message}`, at);
    throw new NotStarted('ErrImagePull', failure.message, SOON);
  }
}

/** Which container of its pod an event is about. */
export function fieldPath(pod: Pod, container: Container): string {
  const init = pod.spec.initContainers?.some(({ name }) => name === container.name) === true;
  return `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
}

/** A duration as Go prints it, to a millisecond: `412ms`, `1.204s`. */
function goMilliseconds(milliseconds: number): string {
  const rounded = Math.round(milliseconds);
  return rounded < 1000 ? `${rounded}ms` : `${rounded / 1000}s`;
}
