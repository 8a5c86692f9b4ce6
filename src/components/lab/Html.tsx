import { useState } from 'preact/hooks';
import type { LabSession } from './session.ts';

/**
 * Text that the build rendered from a lab's Markdown (raw HTML was taken out there). Its `sh` blocks run by a click
 * on them or on their button, and are only typed with Shift.
 */
export function Html({ html, session }: { html: string; session: LabSession | undefined }) {
  const [note, setNote] = useState('');
  const act = (event: MouseEvent) => {
    const block = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-command]') : null;
    const command = block?.dataset.command;
    if (session === undefined || block === null || command === undefined) return;
    // Somebody who marks text wants to copy it.
    if (getSelection()?.isCollapsed === false) return;
    const trouble = session.type(command, !event.shiftKey);
    setNote(trouble ?? '');
    if (trouble !== undefined) session.announce(trouble);
    else block.dispatchEvent(new CustomEvent('hop-typed', { bubbles: true }));
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: each block has a button of its own for the keyboard */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
      <div class="text" onClick={act} dangerouslySetInnerHTML={{ __html: html }} />
      {note !== '' && <p class="note">{note}</p>}
    </>
  );
}
