import { useState } from 'preact/hooks';
import { browserStorage, exportProgress, importProgress } from './keep.ts';
import type { LabSession } from './session.ts';

/** The learner's progress as a file, out of this browser and into it. */
export function Progress({ session, restart }: { session: LabSession; restart: () => void }) {
  const [said, setSaid] = useState('');
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      const labs = importProgress(await file.text(), browserStorage());
      const here = labs.find(({ lab }) => lab === session.lab);
      if (here !== undefined) session.keeper.keepProgress(here);
      setSaid(`Imported ${labs.length === 1 ? 'one lab' : `${labs.length} labs`}.`);
      if (here !== undefined) restart();
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <p class="progress-file">
      Your progress is kept in this browser.{' '}
      <button
        type="button"
        class="link"
        onClick={() => save(JSON.stringify(exportProgress(browserStorage(), session.keeper.kept.progress)))}
      >
        Export it
      </button>{' '}
      <label class="link">
        Import a file
        <input
          type="file"
          accept="application/json,.json"
          class="sr-only"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      <span role="status">{said}</span>
    </p>
  );
}

function save(text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'hop-by-hop-progress.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
