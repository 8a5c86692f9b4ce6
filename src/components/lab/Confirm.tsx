import { useRef } from 'preact/hooks';

interface Props {
  readonly class: string;
  readonly label: string;
  readonly question: string;
  /** What the confirming button says: the act, not "OK". */
  readonly yes: string;
  readonly act: () => void;
}

/** A button that asks before it acts. */
export function Confirm({ class: name, label, question, yes, act }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class={name} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog
        ref={dialog}
        class="confirm"
        aria-label={label}
        onClose={() => {
          if (dialog.current?.returnValue === 'yes') act();
          if (dialog.current !== null) dialog.current.returnValue = '';
        }}
      >
        <form method="dialog">
          <p>{question}</p>
          <p class="ways">
            <button type="submit" value="yes" class="action">
              {yes}
            </button>
            <button type="submit" value="no" class="action quiet">
              Leave it as it is
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
