import type { Clock } from '../../simulation/clock.ts';
import { fullReference, type Image, type ImageTable } from '../images/image.ts';
import { RuntimeError } from './container.ts';

/** Virtual ms that asking the registry takes, and bytes that come in a ms (about 60 MB/s). */
const RESOLVE = 350;
const RATE = 60_000;

/** The images that a node has, and the registry that it gets others from. */
export class ImageStore {
  readonly #clock: Clock;
  readonly #registry: ImageTable;
  readonly #present = new Map<string, Image>();
  readonly #pulls = new Map<string, Promise<Image>>();

  constructor(clock: Clock, registry: ImageTable, preloaded: readonly string[]) {
    this.#clock = clock;
    this.#registry = registry;
    for (const reference of preloaded) {
      const image = registry.get(fullReference(reference));
      if (image === undefined) throw new Error(`can't preload the image ${reference}: the image table doesn't have it`);
      this.#present.set(image.reference, image);
    }
  }

  find(reference: string): Image | undefined {
    return this.#present.get(fullReference(reference));
  }

  list(): readonly Image[] {
    return [...this.#present.values()];
  }

  /** Fetches an image; pulls of the same one share the work. Rejects with `RuntimeError`. */
  pull(reference: string): Promise<Image> {
    const full = fullReference(reference);
    let pull = this.#pulls.get(full);
    if (pull === undefined) {
      pull = this.#fetch(full).finally(() => this.#pulls.delete(full));
      this.#pulls.set(full, pull);
    }
    return pull;
  }

  async #fetch(full: string): Promise<Image> {
    await this.#clock.sleep(RESOLVE);
    const image = this.#registry.get(full);
    if (image === undefined) {
      // The words in brackets are ours: here is no internet, and what there is should be said.
      const known = [...this.#registry.keys()].filter((name) => !/kube-|etcd|kindnetd/.test(name)).join(', ');
      throw new RuntimeError(
        `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found (this cluster has: ${known})`,
      );
    }
    await this.#clock.sleep(image.size / RATE);
    this.#present.set(full, image);
    return image;
  }
}
