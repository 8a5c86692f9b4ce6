import type { Clock, Timer } from '../../simulation/clock.ts';

const HEADER =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n';

/** What the meter counts; sizes in bytes. */
export interface ProgressFigures {
  readonly total: number | undefined;
  readonly received: number;
  readonly uploaded: number;
}

/** curl's progress meter on stderr: one line that is written over, at the start, each second, and at the end. */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #write: (text: string) => void;
  readonly #figures: () => ProgressFigures;
  readonly #start: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, write: (text: string) => void, figures: () => ProgressFigures) {
    this.#clock = clock;
    this.#write = write;
    this.#figures = figures;
    this.#start = clock.now();
    write(HEADER);
    this.draw();
    this.#tick();
  }

  draw(): void {
    const { total, received, uploaded } = this.#figures();
    const elapsed = this.#clock.now() - this.#start;
    const perSecond = (bytes: number) => (elapsed <= 0 ? 0 : Math.floor((bytes * 1000) / elapsed));
    const current = Math.floor(((received + uploaded) * 1000) / Math.max(1, Math.floor(elapsed)));
    const all = (total ?? received) + uploaded;
    const percent = (part: number, whole: number) => (whole === 0 ? 0 : Math.floor((part * 100) / whole));
    const part = (amount: number, whole: number) => `${String(percent(amount, whole)).padStart(3)} ${size(amount)}  `;
    const speeds = `${size(perSecond(received))}  ${size(perSecond(uploaded))}`;
    this.#write(
      `\r${String(percent(received + uploaded, all)).padStart(3)} ${size(all)}  ${part(received, total ?? received)}` +
        `${part(uploaded, uploaded)}${speeds} --:--:-- ${spent(elapsed)} --:--:-- ${size(current)}`,
    );
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The last line stays. */
  end(): void {
    this.stop();
    this.#write('\n');
  }

  #tick(): void {
    this.#timer = this.#clock.after(1000, () => {
      this.draw();
      this.#tick();
    });
  }
}

/** Five places, as curl's max5data. */
function size(bytes: number): string {
  const units: readonly [number, string][] = [
    [1024 ** 3, 'G'],
    [1024 ** 2, 'M'],
    [1024, 'k'],
  ];
  if (bytes < 100_000) return String(bytes).padStart(5);
  for (const [unit, letter] of units) {
    if (bytes >= unit * 10) return `${Math.floor(bytes / unit)}${letter}`.padStart(5);
  }
  return `${Math.floor(bytes / 1024)}k`.padStart(5);
}

function spent(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds <= 0) return '--:--:--';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(Math.floor(seconds / 3600)).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
