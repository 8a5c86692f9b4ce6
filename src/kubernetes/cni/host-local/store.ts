import type { Files } from '../../../linux/files/files.ts';
import { parseIp } from '../../../linux/packet/address.ts';

/** What stands in an address's file: the owner and its interface, each on a line of its own. */
function owner(containerId: string, ifName: string): string {
  return `${containerId.trim()}\r\n${ifName}`;
}

/** The reservations: one file an address, named by it, so that they can be looked at with `ls` and `cat`. */
export class ReservationStore {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, dataDir: string, network: string) {
    this.#files = files;
    this.#folder = `${dataDir}/${network}`;
    files.mkdir(this.#folder, { parents: true });
    // The real plugin takes flock(2) on it; here a call is never interrupted by another.
    if (!files.exists(`${this.#folder}/lock`)) files.write(`${this.#folder}/lock`, '', { mode: 0o600 });
  }

  /** @returns whether the address was free and is now `containerId`'s. */
  reserve(address: string, containerId: string, ifName: string, set: number): boolean {
    if (this.#files.exists(`${this.#folder}/${address}`)) return false;
    this.#files.write(`${this.#folder}/${address}`, owner(containerId, ifName), { mode: 0o600 });
    this.#files.write(`${this.#folder}/last_reserved_ip.${set}`, address, { mode: 0o600 });
    return true;
  }

  lastReserved(set: number): string | undefined {
    const file = `${this.#folder}/last_reserved_ip.${set}`;
    return this.#files.exists(file) ? this.#files.readText(file) : undefined;
  }

  heldBy(containerId: string, ifName: string): readonly string[] {
    return this.#files
      .list(this.#folder)
      .filter((name) => parseIp(name) !== undefined)
      .filter((name) => this.#files.readText(`${this.#folder}/${name}`).trim() === owner(containerId, ifName));
  }

  release(containerId: string, ifName: string): void {
    for (const address of this.heldBy(containerId, ifName)) this.#files.remove(`${this.#folder}/${address}`);
  }
}
