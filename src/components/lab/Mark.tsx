/** What a mark can say. The word is there for everybody who doesn't see the sign. */
export type MarkState = 'waiting' | 'neutral' | 'failing' | 'passing' | 'done' | 'stale';

const words: Readonly<Record<MarkState, string>> = {
  waiting: 'Later',
  neutral: 'Not tried yet',
  failing: 'Not yet',
  passing: 'Passing',
  done: 'Done',
  stale: 'Done, but no longer true',
};

export function Mark({ state, size = 22 }: { state: MarkState; size?: number }) {
  return (
    <span class={`mark mark-${state}`} data-pagefind-ignore>
      <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
        {shape(state)}
      </svg>
      <span class="sr-only">{words[state]}. </span>
    </span>
  );
}

function shape(state: MarkState) {
  const tick = (
    <path
      d="m7.5 12.5 3.2 3.2 6-7"
      fill="none"
      stroke="var(--sign)"
      stroke-width="2.2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  );
  switch (state) {
    case 'waiting':
      return (
        <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2 3.6" />
      );
    case 'neutral':
      return <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="1.8" />;
    case 'failing':
      return (
        <>
          <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="1.8" />
          <path d="m9 9 6 6m0-6-6 6" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
        </>
      );
    case 'passing':
      return (
        <>
          <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="1.8" />
          {tick}
        </>
      );
    case 'done':
      return (
        <>
          <circle cx="12" cy="12" r="10" fill="currentColor" />
          {tick}
        </>
      );
    case 'stale':
      return (
        <>
          <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="4 2.5" />
          {tick}
        </>
      );
  }
}
