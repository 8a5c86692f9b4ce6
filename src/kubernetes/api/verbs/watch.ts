import { Channel } from '../../../simulation/channel.ts';
import { expired } from '../failure.ts';
import type { Answer, ApiObject, WatchEvent, WatchType } from '../operation.ts';
import { apiVersion, shownAs } from '../registry.ts';
import type { Change } from '../store/store.ts';
import { table } from '../table.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { filterOf, passes } from './filter.ts';
import type { Request } from './write.ts';

/** How often a quiet watch is told how far it has come, in ms. */
const bookmarkInterval = 60_000;

/**
 * From a resourceVersion: what changed since. From none or `0`: every object as ADDED, then what changes.
 * An object that begins to match the selectors is ADDED, one that ceases to is DELETED.
 */
export function watch(request: Request): Answer {
  const { registry, served, operation } = request;
  const { clock, store } = registry;
  const { resourceVersion = '', allowBookmarks, sendInitialEvents, timeoutSeconds } = operation.options ?? {};
  const filter = filterOf(request);
  const from = readRevision(resourceVersion);
  const initial = sendInitialEvents ?? from === 0;
  const past = initial ? [] : store.since(served.key, from);
  if (past === undefined) throw expired(store.oldest(served.key), from);

  const channel = new Channel<WatchEvent>(clock);
  const send = (type: WatchType, stored: ApiObject) => {
    const object = type === 'BOOKMARK' ? stored : shownAs(served, stored);
    const shown =
      operation.options?.table === true
        ? table(served.kind, [object], clock.wall(), { resourceVersion: object.metadata.resourceVersion ?? '' })
        : object;
    channel.offer({ type, object: shown });
  };
  const tell = ({ before, after, deleted }: Change) => {
    const was = before !== undefined && passes(filter, served, before);
    const is = !deleted && passes(filter, served, after);
    if (is) send(was ? 'MODIFIED' : 'ADDED', after);
    // What left the selection is shown as it last matched, with the revision at which it left.
    else if (was)
      send(
        'DELETED',
        deleted
          ? after
          : { ...before, metadata: { ...before.metadata, resourceVersion: after.metadata.resourceVersion ?? '' } },
      );
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>) =>
    send('BOOKMARK', {
      kind: served.kind.kind,
      apiVersion: apiVersion(served.kind),
      metadata: { name: '', resourceVersion: String(store.revision), ...(annotations && { annotations }) },
    });

  if (initial) {
    for (const object of store.objects(served.key).list(filter.namespace)) {
      if (passes(filter, served, object)) send('ADDED', object);
    }
    if (sendInitialEvents === true && allowBookmarks === true) bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  for (const change of past) tell(change);

  const stopListening = store.listen(served.key, tell);
  let timer = allowBookmarks === true ? clock.after(bookmarkInterval, remind) : undefined;
  const end = timeoutSeconds === undefined ? undefined : clock.after(timeoutSeconds * 1000, stop);
  function remind(): void {
    bookmark();
    timer = clock.after(bookmarkInterval, remind);
  }
  function stop(): void {
    stopListening();
    timer?.cancel();
    end?.cancel();
    channel.close();
  }
  return {
    code: 200,
    watch: { next: (signal) => channel.receive(signal), stop },
  };
}

function readRevision(text: string): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text);
  const errors = new FieldErrors();
  errors.invalid('resourceVersion', text, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  errors.refuse({ group: '', resource: '', kind: 'ListOptions' }, '');
  return 0;
}
