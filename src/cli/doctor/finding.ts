/** One thing that was tried. */
export interface Finding {
  readonly name: string;
  /** bad: labs on kind can't run; unsure: they may be slow, or part of them may not work. */
  readonly verdict: 'good' | 'unsure' | 'bad';
  readonly found: string;
  /** What to do about it, for this system. */
  readonly next?: string;
}

/** Where this runs; what to do next differs. */
export type System = 'linux' | 'macos' | 'wsl' | 'windows';

export function systemOf(platform: NodeJS.Platform, kernel: string): System {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  return /microsoft/i.test(kernel) ? 'wsl' : 'linux';
}
