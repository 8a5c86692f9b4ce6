import type { Property } from './kind.ts';

/** What a tunnel's configuration says of its outer packets. */
export interface TunnelHeader {
  /** 0: the namespace's default. */
  ttl: number | 'inherit';
  tos: number | 'inherit';
}

type HeaderProperty = Property<TunnelHeader, { readonly config: TunnelHeader }>;

/** `ttl TTL`, as vxlan takes and prints it. */
export function ttlProperty(): HeaderProperty {
  return {
    word: 'ttl',
    aliases: ['hoplimit'],
    take: (words, config) => {
      const word = words.next();
      if (word === 'inherit') config.ttl = 'inherit';
      else if (word === 'auto') config.ttl = 0;
      else if (/^\d+$/.test(word) && Number(word) <= 255) config.ttl = Number(word);
      else throw words.wrong(word, /^\d+$/.test(word) ? 'TTL must be <= 255' : 'invalid TTL');
    },
    value: ({ config: { ttl } }) => (ttl === 'inherit' ? 0 : ttl),
    text: ({ config: { ttl } }) => `ttl ${ttl === 0 ? 'auto' : ttl}`,
  };
}

/** `tos TOS` */
export function tosProperty(): HeaderProperty {
  return {
    word: 'tos',
    aliases: ['dsfield'],
    take: (words, config) => {
      const word = words.next();
      if (word === 'inherit' || word === 'inherit/inherit') config.tos = 'inherit';
      else if (/^(0x)?[\da-f]{1,2}$/i.test(word)) config.tos = Number.parseInt(word, 16);
      else throw words.wrong(word, 'bad TOS value');
    },
    // The kernel has 1 for "inherit", which the tool words in its text alone.
    value: ({ config: { tos } }) => (tos === 0 ? undefined : hex(tos === 'inherit' ? 1 : tos)),
    text: ({ config: { tos } }) => (tos === 0 ? undefined : `tos ${tos === 'inherit' ? tos : hex(tos)}`),
  };
}

const hex = (value: number) => `0x${value.toString(16)}`;
