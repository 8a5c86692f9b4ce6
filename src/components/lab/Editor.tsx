import { useComputed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { download } from './download.ts';
import type { LabSession } from './session.ts';
import type { YamlFault } from './yaml-faults.ts';

/** A plain text editor for the learner's folder: line numbers, and the line at fault where the text is YAML. */
export function Editor({ session, visible, readOnly }: { session: LabSession; visible: boolean; readOnly: boolean }) {
  const [path, setPath] = useState('');
  const [text, setText] = useState('');
  const [saved, setSaved] = useState('');
  const [note, setNote] = useState('');
  const [binary, setBinary] = useState(false);
  const [faults, setFaults] = useState<readonly YamlFault[]>([]);
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const escaped = useRef(false);
  const files = useComputed(() => session.files.value.map((file) => file.path));
  const opened = session.opened.value;
  const changed = path !== '' && text !== saved;

  useEffect(() => {
    if (opened === undefined) return;
    const draft = session.keeper.kept.drafts[opened.path];
    setPath(opened.path);
    setBinary(opened.binary === true);
    if (opened.binary === true) {
      setSaved('');
      setText('');
      return setNote(`${opened.path} is no text. Download it for a program that reads it.`);
    }
    setSaved(opened.text);
    setText(draft ?? opened.text);
    setNote(draft === undefined || draft === opened.text ? '' : 'With your edits from before, not saved yet.');
    if (visible) area.current?.focus();
  }, [opened]);

  const fetched = session.fetched.value;
  useEffect(() => {
    if (fetched === undefined) return;
    download(fetched);
    session.fetched.value = undefined;
  }, [fetched]);

  useEffect(() => {
    if (path === '' || binary) return;
    const timer = setTimeout(() => {
      session.keeper.keepDraft(path, text === saved ? undefined : text);
      session.trouble.value = session.keeper.trouble;
    }, 400);
    return () => clearTimeout(timer);
  }, [path, text, saved, binary]);

  useEffect(() => {
    if (!/\.ya?ml$/.test(path) || text.trim() === '') return setFaults([]);
    let current = true;
    const timer = setTimeout(async () => {
      const { yamlFaults } = await import('./yaml-faults.ts');
      if (current) setFaults(yamlFaults(path, text));
    }, 300);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [path, text]);

  const save = (apply: boolean) => {
    if (path.trim() === '') return setNote('Give the file a name first.');
    session.send({ type: 'file.write', path, text });
    session.send({ type: 'file.list' });
    setSaved(text);
    const said = apply ? session.type(`kubectl apply -f ${path}`, true) : undefined;
    const words = said ?? (apply ? `Saved ${path}, and applying it in the terminal.` : `Saved ${path}.`);
    setNote(words);
    session.announce(words);
  };

  const locked = readOnly || binary;
  const [fault] = faults;
  return (
    <div class="editor" hidden={!visible}>
      <p class="editor-bar">
        <label>
          <span>File</span>
          <input
            list="files"
            value={path}
            placeholder="web.yaml"
            spellcheck={false}
            autocapitalize="off"
            disabled={readOnly}
            onInput={(event) => {
              setPath(event.currentTarget.value);
              setBinary(false);
            }}
            onChange={(event) => {
              const wanted = event.currentTarget.value;
              if (files.value.includes(wanted)) session.send({ type: 'file.read', path: wanted });
            }}
          />
        </label>
        <datalist id="files">
          {files.value.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button
          type="button"
          class="action quiet"
          disabled={!files.value.includes(path)}
          onClick={() => session.send({ type: 'file.fetch', path })}
        >
          Download
        </button>
        <button type="button" class="action quiet" disabled={locked} onClick={() => save(false)}>
          Save
        </button>
        <button type="button" class="action quiet" disabled={locked} onClick={() => save(true)}>
          Save and apply
        </button>
        <span class="editor-note" role="status">
          {changed && note === '' ? 'Not saved yet.' : note}
        </span>
      </p>
      {path === '' && files.value.length > 0 && (
        <p class="editor-files">
          Open:{' '}
          {files.value.map((name) => (
            <button
              key={name}
              type="button"
              class="link"
              onClick={() => session.send({ type: 'file.read', path: name })}
            >
              {name}
            </button>
          ))}
        </p>
      )}
      <div class="page">
        <div class="numbers" aria-hidden="true" ref={numbers}>
          {text.split('\n').map((_, index) => (
            <span key={String(index)} class={faults.some(({ line }) => line === index + 1) ? 'at-fault' : ''}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          value={text}
          wrap="off"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          readOnly={locked}
          aria-label={path === '' ? 'Editor' : `Editor: ${path}`}
          aria-describedby="editor-fault editor-keys"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setNote('');
          }}
          onScroll={(event) => {
            if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && event.key === 's') {
              event.preventDefault();
              save(false);
            } else if (event.key === 'Escape') escaped.current = true;
            else if (event.key === 'Tab' && !event.shiftKey && !escaped.current) {
              event.preventDefault();
              event.currentTarget.setRangeText(
                '  ',
                event.currentTarget.selectionStart,
                event.currentTarget.selectionEnd,
                'end',
              );
              setText(event.currentTarget.value);
            } else if (event.key !== 'Shift') escaped.current = false;
          }}
        />
      </div>
      <p class="editor-foot">
        <span id="editor-fault" role="status">
          {fault === undefined ? '' : `Line ${fault.line}: ${fault.message}`}
        </span>
        <span id="editor-keys">
          <kbd>Ctrl</kbd>+<kbd>S</kbd> saves. <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the editor.
        </span>
      </p>
    </div>
  );
}
