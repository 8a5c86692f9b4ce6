import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';

/** The course's prompt in the lab's folder. */
const PROMPT = 'hop:lab#';

/** Somebody at a lab page, who sees the screen and has a keyboard and a mouse. Every wait ends with what was seen. */
export class Learner {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, site: string, lab = 'pods') {
    this.page = page;
    this.#url = `${site}labs/${lab}/`;
  }

  /** Opens the lab and waits for the terminal's prompt. */
  async open(): Promise<this> {
    await this.page.goto(this.#url);
    await this.ready();
    return this;
  }

  async ready(): Promise<void> {
    await this.page.locator('.cluster-ready').waitFor({ state: 'attached' });
    await this.prompt();
  }

  /** The rows of the terminal that are in sight, without trailing blanks. */
  async rows(): Promise<string[]> {
    const rows = await this.page
      .locator('.xterm-rows > div')
      .evaluateAll((elements) => elements.map((element) => (element.textContent ?? '').replaceAll(' ', ' ').trimEnd()));
    while (rows.length > 0 && rows.at(-1) === '') rows.pop();
    return rows;
  }

  async text(): Promise<string> {
    return (await this.rows()).join('\n');
  }

  /** Waits until the screen shows it. Where a line breaks does not matter. */
  async sees(wanted: string | RegExp, timeout = 20_000): Promise<string> {
    const shown = (text: string) =>
      typeof wanted === 'string' ? squeezed(text).includes(squeezed(wanted)) : wanted.test(text);
    return this.#until(shown, `to see ${wanted}`, timeout);
  }

  /** Waits until the shell waits: its bare prompt is the last line. */
  async prompt(timeout = 20_000): Promise<string> {
    return this.#until((text) => (text.split('\n').at(-1) ?? '').trim() === PROMPT, 'a bare prompt', timeout);
  }

  async #until(holds: (text: string) => boolean, what: string, timeout: number): Promise<string> {
    const end = Date.now() + timeout;
    for (;;) {
      const text = await this.text();
      if (holds(text)) return text;
      if (Date.now() > end) throw new Error(`waited ${timeout} ms ${what}; the terminal shows:\n${text}`);
      await pause(25);
    }
  }

  async focus(): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').focus();
  }

  /** Presses the keys of a text, one after the other; `\t` is the Tab key. */
  async type(text: string): Promise<void> {
    await this.focus();
    for (const part of text.split(/(\t)/)) {
      if (part === '\t') await this.page.keyboard.press('Tab');
      else await this.page.keyboard.type(part);
    }
  }

  async press(...keys: string[]): Promise<void> {
    await this.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Waits until the line at the prompt is this one. */
  async line(wanted: string): Promise<void> {
    await this.#until((text) => squeezed(text).endsWith(squeezed(PROMPT + wanted)), `for the line "${wanted}"`, 10_000);
  }

  async clear(): Promise<void> {
    await this.press('Control+l');
    await this.#until((text) => text.trim() === PROMPT, 'a clear screen', 10_000);
  }

  /** Runs one line on a clear screen. @returns what it printed, as far as it is in sight */
  async run(command: string, timeout = 30_000): Promise<string> {
    await this.prompt();
    await this.clear();
    await this.type(command);
    await this.line(command);
    await this.press('Enter');
    const text = await this.prompt(timeout);
    const after = echoEnd(text, command);
    return text.slice(after, text.lastIndexOf('\n')).replace(/^\n/, '');
  }

  step(id: string): Locator {
    return this.page.locator(`#step-${id}`);
  }

  /** Unfolds a step as a reader does, if it is folded. */
  async unfold(id: string): Promise<Locator> {
    const button = this.step(id).locator('h2 button');
    if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
    return this.step(id);
  }

  /** The word that stands beside the step's mark. */
  async mark(id: string): Promise<string> {
    const word = await this.step(id).locator('h2 .mark .sr-only').textContent();
    return (word ?? '').replace(/\.\s*$/, '');
  }

  async marked(id: string, word: string, timeout = 20_000): Promise<void> {
    const end = Date.now() + timeout;
    for (;;) {
      const mark = await this.mark(id);
      if (mark === word) return;
      if (Date.now() > end)
        throw new Error(`waited for "${word}" at step ${id}; it is "${mark}"\n${await this.text()}`);
      await pause(25);
    }
  }

  async answer(id: string, text: string): Promise<void> {
    const step = await this.unfold(id);
    await step.getByRole('textbox').fill(text);
    await step.getByRole('button', { name: 'Answer', exact: true }).click();
  }

  /** Presses a button that asks first, and says yes. */
  async confirm(button: Locator, yes: string): Promise<void> {
    await button.click();
    const dialog = this.page.locator('dialog[open]');
    await dialog.getByRole('button', { name: yes, exact: true }).click();
  }
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** Where the echo of a command ends in a screen's text, whatever line breaks it has. */
function echoEnd(text: string, command: string): number {
  let at = text.indexOf(PROMPT) + PROMPT.length;
  for (const character of squeezed(command)) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (text[at] === character) at++;
  }
  return at;
}
