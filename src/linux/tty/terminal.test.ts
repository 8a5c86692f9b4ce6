import { expect, test } from 'vitest';
import { eventLoopHost } from '../../simulation/host.ts';
import { Simulation } from '../../simulation/simulation.ts';
import type { SignalName } from '../process/process.ts';
import { TerminalDevice } from './terminal.ts';
import { textWidth } from './width.ts';

function terminal(window?: number) {
  const simulation = new Simulation({ seed: 'tty', host: eventLoopHost() });
  const device = new TerminalDevice({ clock: simulation, ...(window === undefined ? {} : { window }) });
  const signals: SignalName[] = [];
  device.foreground = { id: 1, kill: (signal) => signals.push(signal) };
  let shown = '';
  device.onOutput((text) => {
    shown += text;
  });
  const read = async () => {
    const data = await device.reader.read();
    return data === undefined ? undefined : new TextDecoder().decode(data);
  };
  return { simulation, device, signals, shown: () => shown, read };
}

test('cooked: a line is corrected, echoed, and read when it is whole', async () => {
  const { device, shown, read } = terminal();
  device.input('helo\x7flo 日本\x7f\x17world\r');
  expect(await read()).toBe('hello world\n');
  expect(shown()).toBe(`helo\b \blo 日本\b \b\b \b\b \b\b \bworld\r\n`);
});

test('cooked: Ctrl-D ends the input on an empty line and sends what stands on another', async () => {
  const { device, read } = terminal();
  device.input('part\x04\x04');
  expect(await read()).toBe('part');
  expect(await read()).toBeUndefined();
  device.input('more\r');
  expect(await read()).toBe('more\n');
});

test('Ctrl-C interrupts the foreground job when cooked and is a key when raw', async () => {
  const { device, signals, shown, read } = terminal();
  device.input('typed\x03');
  expect(signals).toEqual(['INT']);
  expect(shown()).toBe('typed^C');
  device.setMode('raw');
  device.input('\x03');
  expect(await read()).toBe('\x03');
  expect(signals).toEqual(['INT']);
});

test('what was typed before the mode became raw is not lost', async () => {
  const { device, read } = terminal();
  device.input('ab');
  device.setMode('raw');
  expect(await read()).toBe('ab');
});

test('a newline goes to the start of the next line, once', async () => {
  const { device, shown } = terminal();
  await device.writer.write('a\nb\r\nc\r');
  await device.writer.write('\nd');
  expect(shown()).toBe('a\r\nb\r\nc\r\nd');
});

test('a character in two writes is one character', async () => {
  const { device, shown } = terminal();
  const bytes = new TextEncoder().encode('é');
  await device.writer.write(bytes.slice(0, 1));
  await device.writer.write(bytes.slice(1));
  expect(shown()).toBe('é');
});

test('a writer waits until enough output was acknowledged', async () => {
  const { device, simulation } = terminal(10);
  let written = false;
  void device.writer.write('0123456789abcdef').then(() => {
    written = true;
  });
  await simulation.runTo(10);
  expect(written).toBe(false);
  device.ack(6);
  await simulation.runTo(20);
  expect(written).toBe(true);
});

test('a resize tells the foreground job, a hang-up ends reading and writing', async () => {
  const { device, signals, read } = terminal();
  device.resize(100, 30);
  device.resize(100, 30);
  expect([device.columns, device.rows, signals]).toEqual([100, 30, ['WINCH']]);
  device.hangUp();
  expect(signals).toEqual(['WINCH', 'HUP']);
  expect(await read()).toBeUndefined();
  await expect(device.writer.write('x')).rejects.toMatchObject({ errno: 'EIO' });
});

test('widths: wide characters two, marks none', () => {
  expect(textWidth('abc')).toBe(3);
  expect(textWidth('日本')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(textWidth('🚀')).toBe(2);
});
