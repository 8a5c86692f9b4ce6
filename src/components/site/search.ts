export {};

/** Search over the index that Pagefind makes at build time; nothing of it loads before the dialog opens. */
interface Pagefind {
  debouncedSearch(words: string): Promise<{ results: { data(): Promise<Found> }[] } | null>;
}
interface Found {
  readonly url: string;
  readonly excerpt: string;
  readonly meta: { readonly title?: string };
  readonly sub_results?: readonly { readonly title: string; readonly url: string; readonly excerpt: string }[];
}

const dialog = document.querySelector<HTMLDialogElement>('[data-search]');
const input = dialog?.querySelector('input');
const list = dialog?.querySelector<HTMLElement>('[data-search-results]');
const status = dialog?.querySelector<HTMLElement>('[data-search-status]');
let index: Promise<Pagefind> | undefined;

const load = (): Promise<Pagefind> => {
  const path = dialog?.dataset.index ?? '';
  index ??= import(/* @vite-ignore */ path) as Promise<Pagefind>;
  return index;
};

async function search(words: string): Promise<void> {
  if (list === undefined || list === null || status === undefined || status === null) return;
  if (words.trim() === '') {
    list.replaceChildren();
    status.textContent = '';
    return;
  }
  try {
    const found = await (await load()).debouncedSearch(words);
    if (found === null) return;
    const pages = await Promise.all(found.results.slice(0, 6).map((result) => result.data()));
    list.replaceChildren(...pages.flatMap(entries));
    status.textContent = pages.length === 0 ? `Nothing found for “${words}”.` : `${found.results.length} pages found.`;
  } catch {
    index = undefined;
    status.textContent = 'The search index could not be loaded. In the dev server there is none: run the build first.';
  }
}

/** A page, then its best section. The excerpt is Pagefind's own markup: text with <mark>. */
function entries(page: Found): HTMLLIElement[] {
  const best = page.sub_results?.find((part) => part.url !== page.url);
  return [item(page.url, page.meta.title ?? page.url, page.excerpt)].concat(
    best === undefined ? [] : [item(best.url, `${page.meta.title ?? ''} › ${best.title}`, best.excerpt)],
  );
}

function item(url: string, title: string, excerpt: string): HTMLLIElement {
  const li = document.createElement('li');
  const a = document.createElement('a');
  const strong = document.createElement('strong');
  const span = document.createElement('span');
  a.href = url;
  strong.textContent = title;
  span.innerHTML = excerpt;
  a.append(strong, span);
  li.append(a);
  return li;
}

const open = () => {
  if (dialog?.open === false) dialog.showModal();
  input?.select();
  void load().catch(() => {
    index = undefined;
  });
};

document.querySelector('[data-search-open]')?.addEventListener('click', open);
input?.addEventListener('input', () => void search(input.value));
input?.addEventListener('keydown', (event) => {
  // By itself a search field would keep the first Esc to clear its text; and one Esc shall close it but once.
  if (event.key === 'Escape') {
    event.preventDefault();
    dialog?.close();
    // Else the field keeps the keyboard for a moment, and a `/` that follows at once.
    input.blur();
  }
  if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
  event.preventDefault();
  const first = list?.querySelector('a');
  if (event.key === 'Enter') first?.click();
  else first?.focus();
});
dialog?.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close();
});
addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  if (typing || event.altKey || (event.key !== '/' && !((event.ctrlKey || event.metaKey) && event.key === 'k'))) return;
  event.preventDefault();
  open();
});
