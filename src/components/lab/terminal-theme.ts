import type { ITheme } from '@xterm/xterm';

/** The layers' colours as a terminal's sixteen, as the page's theme has them now. */
export function terminalTheme(place: HTMLElement): ITheme {
  const probe = place.ownerDocument.createElement('i');
  place.append(probe);
  const colour = (variable: string): string => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const [ink, muted, pod, node, wire, service, rule, policy, pass, fail] = [
    '--ink',
    '--muted',
    '--pod',
    '--node',
    '--wire',
    '--service',
    '--rule',
    '--policy',
    '--pass',
    '--fail',
  ].map(colour) as [string, string, string, string, string, string, string, string, string, string];
  const theme: ITheme = {
    background: colour('--terminal'),
    foreground: ink,
    cursor: ink,
    cursorAccent: colour('--terminal'),
    selectionBackground: colour('--pod-line'),
    selectionForeground: ink,
    black: ink,
    brightBlack: muted,
    white: muted,
    brightWhite: ink,
    blue: pod,
    brightBlue: pod,
    magenta: node,
    brightMagenta: rule,
    cyan: wire,
    brightCyan: wire,
    yellow: service,
    brightYellow: service,
    green: pass,
    brightGreen: policy,
    red: fail,
    brightRed: fail,
  };
  probe.remove();
  return theme;
}
