import type { Terminal } from '@xterm/xterm';

/** What this needs of xterm. */
export type KeyTerminal = Pick<Terminal, 'hasSelection' | 'getSelection' | 'clearSelection'> & {
  readonly buffer: { readonly active: { readonly type: 'normal' | 'alternate' } };
};

/**
 * Keys that mean something to the page before they reach the shell:
 * - Esc, then Tab, leaves the terminal (else Tab would be caught in it for ever). Esc is held back until the next key
 *   shows what it was meant for, but not in full-screen programs, which wait for it.
 * - Ctrl-C copies while text is selected, and interrupts otherwise; Ctrl-V pastes.
 */
export function keysOf(terminal: KeyTerminal, input: (data: string) => void): (event: KeyboardEvent) => boolean {
  let escaped = false;
  return (event) => {
    if (event.type !== 'keydown') return true;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === 'Escape' && plain) {
      const held = terminal.buffer.active.type === 'normal';
      escaped = true;
      return !held;
    }
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return true;
    if (escaped) {
      escaped = false;
      // The browser moves the focus on (or back, with Shift).
      if (event.key === 'Tab' && plain) return false;
      if (terminal.buffer.active.type === 'normal') input('\u001b');
    }
    if (event.ctrlKey && !event.altKey && event.key.toLowerCase() === 'c' && terminal.hasSelection()) {
      copy(terminal.getSelection());
      terminal.clearSelection();
      event.preventDefault();
      return false;
    }
    // xterm takes the browser's own paste event.
    return !(event.ctrlKey && !event.altKey && event.key.toLowerCase() === 'v');
  };
}

/** Over plain HTTP there is no clipboard API; then the browser's own copying does it. */
function copy(text: string): void {
  if (navigator.clipboard !== undefined) {
    void navigator.clipboard.writeText(text);
    return;
  }
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', put, { capture: true, once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', put, { capture: true });
}
