const base = import.meta.env.BASE_URL.replace(/\/$/, '');

/** An address under the site's base path: `address('/labs/')`. */
export const address = (path: string): string => base + path;
