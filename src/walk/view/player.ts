import { layOut, type Point, wayInto } from '../layout/layout.ts';
import type { Header, Step, Story } from '../story/story.ts';

/** Milliseconds that a step's movement takes; the reader's time, not the packet's. */
const GLIDE = 700;
const PAUSE = 1400;

/**
 * `<packet-walk>`: plays a story over the stage that `draw.ts` drew. It is a recording: play, pause, step
 * forward and back, scrub; every step is also a line in a list, which screen readers and people without
 * script read.
 */
export class PacketWalk extends HTMLElement {
  #story!: Story;
  #index = -1;
  #playing: number | undefined;
  #frame = 0;

  connectedCallback(): void {
    const source = this.querySelector('script[type="application/json"]');
    if (source === null) return;
    this.#story = JSON.parse(source.textContent ?? '') as Story;
    const controls = this.querySelector<HTMLElement>('[data-controls]');
    if (controls !== null) controls.hidden = false;
    this.#on('play', () => (this.#playing === undefined ? this.#play() : this.#pause()));
    this.#on('next', () => this.#stepTo(this.#index + 1));
    this.#on('back', () => this.#stepTo(this.#index - 1));
    const scrub = this.#part<HTMLInputElement>('scrub');
    scrub?.addEventListener('input', () => this.#stepTo(Number(scrub.value) - 1, false));
    this.addEventListener('keydown', (event) => this.#key(event));
    this.querySelectorAll<HTMLElement>('[data-step]').forEach((item, index) => {
      item.addEventListener('click', () => this.#stepTo(index));
    });
    this.dataset.ready = '';
  }

  disconnectedCallback(): void {
    this.#pause();
    cancelAnimationFrame(this.#frame);
  }

  #key(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === 'ArrowRight') this.#stepTo(this.#index + 1);
    else if (event.key === 'ArrowLeft') this.#stepTo(this.#index - 1);
    else return;
    event.preventDefault();
  }

  #play(): void {
    if (this.#index >= this.#story.steps.length - 1) this.#index = -1;
    const turn = () => {
      this.#show(this.#index + 1, true);
      if (this.#index >= this.#story.steps.length - 1) this.#pause();
      else this.#playing = window.setTimeout(turn, GLIDE + PAUSE);
    };
    this.#playing = window.setTimeout(turn, 0);
    this.#label(true);
  }

  #pause(): void {
    if (this.#playing !== undefined) clearTimeout(this.#playing);
    this.#playing = undefined;
    this.#label(false);
  }

  #stepTo(index: number, glide = true): void {
    this.#pause();
    this.#show(index, glide);
  }

  #show(index: number, glide: boolean): void {
    const { steps } = this.#story;
    const at = Math.max(-1, Math.min(steps.length - 1, index));
    const forward = at > this.#index;
    this.#index = at;
    const step = steps[at];
    this.querySelectorAll<HTMLElement>('[data-step]').forEach((item, one) => {
      if (one === at) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    });
    this.#scrollList();
    const scrub = this.#part<HTMLInputElement>('scrub');
    if (scrub !== undefined) scrub.value = String(at + 1);
    const count = this.#part('count');
    if (count !== undefined) count.textContent = `${at + 1} / ${steps.length}`;
    const panel = this.#part('panel');
    panel?.replaceChildren(...(step === undefined ? [] : panelOf(step)));
    cancelAnimationFrame(this.#frame);
    for (const stage of this.querySelectorAll<SVGSVGElement>('svg.walk-stage')) {
      this.#moveIn(stage, step, steps[at - 1], glide && forward);
    }
  }

  #moveIn(stage: SVGSVGElement, step: Step | undefined, before: Step | undefined, glide: boolean): void {
    const mark = stage.querySelector<SVGGElement>('.walk-packet');
    if (mark === null) return;
    mark.toggleAttribute('hidden', step === undefined);
    for (const place of stage.querySelectorAll('[data-namespace]')) {
      place.classList.toggle(
        'walk-here',
        step !== undefined && place.getAttribute('data-namespace') === step.at.namespace,
      );
    }
    if (step === undefined) return;
    mark.dataset.leg = step.leg;
    mark.dataset.verdict = step.verdict ?? '';
    const way = wayInto(layOut(this.#story, { narrow: 'narrow' in stage.dataset }), step, before);
    const place = (point: Point) => mark.setAttribute('transform', `translate(${point.x} ${point.y})`);
    const end = way.at(-1);
    if (end === undefined) return;
    // The stage of the other width is hidden; its mark waits in the right place.
    if (!glide || stage.getBoundingClientRect().width === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      place(end);
      return;
    }
    const began = performance.now();
    const turn = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - began) / GLIDE));
      place(along(way, part * part * (3 - 2 * part)));
      if (part < 1) this.#frame = requestAnimationFrame(turn);
    };
    turn(began);
  }

  #scrollList(): void {
    const list = this.#part('steps');
    const current = list?.querySelector<HTMLElement>('[aria-current]');
    if (list === undefined || current === null || current === undefined) return;
    list.scrollTo({ top: current.offsetTop - list.clientHeight / 3 });
  }

  #label(playing: boolean): void {
    const button = this.#part('play');
    if (button === undefined) return;
    button.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    button.dataset.playing = String(playing);
  }

  #on(name: string, action: () => void): void {
    this.#part(name)?.addEventListener('click', action);
  }

  #part<E extends HTMLElement>(name: string): E | undefined {
    return this.querySelector<E>(`[data-${name}]`) ?? undefined;
  }
}

/** The point at `part` (0 to 1) of the way's length. */
function along(way: readonly Point[], part: number): Point {
  const lengths = way
    .slice(1)
    .map((point, i) => Math.hypot(point.x - (way[i] as Point).x, point.y - (way[i] as Point).y));
  let rest = lengths.reduce((sum, length) => sum + length, 0) * part;
  for (const [i, length] of lengths.entries()) {
    if (rest <= length && length > 0) {
      const [from, to] = [way[i] as Point, way[i + 1] as Point];
      return { x: from.x + ((to.x - from.x) * rest) / length, y: from.y + ((to.y - from.y) * rest) / length };
    }
    rest -= length;
  }
  return way.at(-1) as Point;
}

function panelOf(step: Step): readonly Node[] {
  const parts: Node[] = [element('p', 'walk-sentence', step.sentence)];
  if (step.decided !== undefined) parts.push(element('code', 'walk-decided', step.decided));
  const headers = element('div', 'walk-headers');
  headers.append(...step.headers.map(headerOf));
  return [...parts, headers];
}

function headerOf(header: Header): HTMLElement {
  const box = element('section', 'walk-header');
  box.dataset.layer = header.layer;
  const list = element('dl', '');
  for (const { name, value, was } of header.fields) {
    const shown = element('dd', was === undefined ? '' : 'walk-changed', value);
    if (was !== undefined) shown.append(element('span', 'walk-was', ` was ${was}`));
    list.append(element('dt', '', name), shown);
  }
  box.append(element('p', 'walk-layer', header.layer), list);
  return box;
}

function element(tag: string, name: string, content?: string): HTMLElement {
  const made = document.createElement(tag);
  if (name !== '') made.className = name;
  if (content !== undefined) made.textContent = content;
  return made;
}
