/**
 * One tab writes, the others read: two clusters with one progress would spoil it. Tabs of one browser talk over a
 * BroadcastChannel (Web Locks need HTTPS, and this site also runs over plain HTTP in a room).
 */
type Message = { readonly type: 'who' | 'mine' | 'take' | 'left'; readonly tab: number };

/** Milliseconds that an owner has to answer. */
const PATIENCE = 120;

export class Ownership {
  readonly #channel: BroadcastChannel | undefined;
  readonly #tab = Math.floor(Math.random() * 2 ** 40);
  readonly #changed: (mine: boolean) => void;
  #mine = false;
  #asking = false;

  /** `changed` hears `false` when another tab takes over, and `true` when this one has. */
  constructor(lab: string, changed: (mine: boolean) => void) {
    this.#changed = changed;
    this.#channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`hop:lab:${lab}`) : undefined;
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data));
    addEventListener('pagehide', () => this.leave());
  }

  /** Asks whether another tab has the lab. */
  async claim(): Promise<boolean> {
    if (this.#channel === undefined) return this.#set(true);
    this.#asking = true;
    this.#say('who');
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    if (!this.#asking) return this.#set(false);
    this.#asking = false;
    return this.#set(true);
  }

  take(): void {
    this.#say('take');
    this.#set(true);
  }

  leave(): void {
    if (this.#mine) this.#say('left');
    this.#mine = false;
  }

  #hear({ type, tab }: Message): void {
    if (type === 'who' && this.#mine) this.#say('mine');
    // Two tabs that ask at once: the lower number has it.
    else if (type === 'who' && this.#asking && this.#tab < tab) this.#say('mine');
    else if (type === 'mine') this.#asking = false;
    else if (type === 'take') {
      this.#asking = false;
      if (this.#mine) this.#set(false);
    }
  }

  #set(mine: boolean): boolean {
    this.#mine = mine;
    this.#changed(mine);
    return mine;
  }

  #say(type: Message['type']): void {
    this.#channel?.postMessage({ type, tab: this.#tab } satisfies Message);
  }
}
