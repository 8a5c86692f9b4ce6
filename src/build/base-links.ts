/**
 * Authors write links from the site's root (`/labs/pods/`); this puts the base path in front, so that the same
 * text holds wherever the site is served.
 */
export function baseLinks(base: string) {
  const prefix = base.replace(/\/$/, '');
  return {
    name: 'hop-base-links',
    element: {
      filter: ['a'],
      visit(
        node: { properties?: Record<string, unknown> },
        context: { setProperty(node: unknown, name: string, value: string): void },
      ) {
        const href = node.properties?.href;
        if (prefix === '' || typeof href !== 'string' || !href.startsWith('/') || href.startsWith('//')) return;
        context.setProperty(node, 'href', prefix + href);
      },
    },
  };
}
