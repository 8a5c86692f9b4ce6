import { JSDOM } from 'jsdom';

/** Mermaid puts the style rules and arrow heads of every kind of diagram into each drawing; this keeps what is used. */
export function prune(svg: string): string {
  const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
  const root = document.documentElement;
  for (const marker of [...root.querySelectorAll('marker')]) {
    if (!svg.includes(`url(#${marker.id})`)) marker.remove();
  }
  for (const filter of [...root.querySelectorAll('filter')]) {
    if (!svg.includes(`url(#${filter.id})`)) filter.closest('defs')?.remove();
  }
  for (const drawn of [...root.querySelectorAll('[data-look]')]) {
    for (const name of drawn.getAttributeNames()) if (name.startsWith('data-')) drawn.removeAttribute(name);
  }
  for (const style of [...root.querySelectorAll('style')]) {
    style.textContent = [...(style.textContent ?? '').matchAll(/([^{}]+)\{([^{}]*)\}/g)]
      .map(([, selectors = '', body = '']) => [
        selectors
          .split(',')
          .filter((one) => isUsed(root, one))
          .join(','),
        body,
      ])
      .filter(([selectors, body]) => selectors !== '' && body !== '')
      .map(([selectors, body]) => `${selectors}{${body}}`)
      .join('');
  }
  return root.outerHTML;
}

function isUsed(root: Element, selector: string): boolean {
  if (selector.trim().startsWith('@') || /^\s*(from|to|\d+%)\s*$/.test(selector)) return false;
  try {
    return root.matches(selector) || root.querySelector(selector) !== null;
  } catch {
    return true;
  }
}
