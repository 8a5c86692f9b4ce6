import { expect, test } from 'vitest';
import { eventLoopHost } from '../../simulation/host.ts';
import { Simulation } from '../../simulation/simulation.ts';
import { LinuxError } from '../errno.ts';
import type { VirtualFolder } from './files.ts';
import { MemoryFiles } from './memory.ts';
import { virtualFolder } from './virtual.ts';

const disk = (limit?: number) =>
  new MemoryFiles({
    clock: new Simulation({ seed: 'files', host: eventLoopHost() }),
    ...(limit === undefined ? {} : { limit }),
  });

function errno(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof LinuxError) return error.errno;
    throw error;
  }
  return 'nothing was thrown';
}

test('what is written is read, appended, listed in byte order and removed', () => {
  const files = disk();
  files.mkdir('/a/b', { parents: true });
  files.write('/a/b/z', 'one\n');
  files.write('/a/b/z', 'two\n', { append: true });
  files.write('/a/b/Z', '');
  expect(files.readText('/a/./b/../b//z')).toBe('one\ntwo\n');
  expect(files.list('/a/b')).toEqual(['Z', 'z']);
  expect(files.stat('/a').links).toBe(3);
  expect(errno(() => files.remove('/a'))).toBe('ENOTEMPTY');
  files.remove('/a', { recursive: true });
  expect(files.exists('/a')).toBe(false);
  expect(files.usage.used).toBe(256);
});

test('failures carry the errno that the kernel gives', () => {
  const files = disk();
  files.write('/file', 'x');
  files.mkdir('/folder');
  files.symlink('loop', '/loop');
  expect(errno(() => files.read('/nothing'))).toBe('ENOENT');
  expect(errno(() => files.read(''))).toBe('ENOENT');
  expect(errno(() => files.read('/folder'))).toBe('EISDIR');
  expect(errno(() => files.read('/file/below'))).toBe('ENOTDIR');
  expect(errno(() => files.read('/file/'))).toBe('ENOTDIR');
  expect(errno(() => files.read('/loop'))).toBe('ELOOP');
  expect(errno(() => files.list('/file'))).toBe('ENOTDIR');
  expect(errno(() => files.mkdir('/folder'))).toBe('EEXIST');
  expect(errno(() => files.mkdir('/no/folder'))).toBe('ENOENT');
  expect(errno(() => files.write('/no/file', ''))).toBe('ENOENT');
  expect(errno(() => files.rename('/folder', '/folder/inside'))).toBe('EINVAL');
  expect(errno(() => files.rename('/file', '/folder'))).toBe('EISDIR');
  expect(errno(() => files.rename('/folder', '/file'))).toBe('ENOTDIR');
  expect(errno(() => files.write(`/${'n'.repeat(256)}`, ''))).toBe('ENAMETOOLONG');
});

test('symbolic links are followed, `..` after them is physical, a dangling one can be written through', () => {
  const files = disk();
  files.mkdir('/usr/bin', { parents: true });
  files.symlink('usr/bin', '/bin');
  files.write('/bin/ls', 'program');
  expect(files.readText('/usr/bin/ls')).toBe('program');
  expect(files.realpath('/bin/../bin')).toBe('/usr/bin');
  files.symlink('/made', '/dangling');
  files.write('/dangling', 'x');
  expect(files.readText('/made')).toBe('x');
  expect(files.stat('/dangling', { link: true })).toMatchObject({ type: 'symlink', target: '/made', size: 5 });
});

test('hard links share their content until the last name goes', () => {
  const files = disk();
  files.write('/a', 'x');
  files.link('/a', '/b');
  files.write('/b', 'yy');
  expect(files.readText('/a')).toBe('yy');
  expect(files.stat('/a').links).toBe(2);
  const open = files.open('/a');
  files.remove('/a');
  files.remove('/b');
  expect(new TextDecoder().decode(open.read(10))).toBe('');
});

test('a file and the whole storage are bounded', () => {
  const files = disk(20 * 1024 * 1024);
  const mebibyte = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 16; i++) files.write('/big', mebibyte, { append: true });
  expect(errno(() => files.write('/big', 'x', { append: true }))).toBe('EFBIG');
  for (let i = 0; i < 3; i++) files.write('/more', mebibyte, { append: true });
  expect(errno(() => files.write('/more', mebibyte, { append: true }))).toBe('ENOSPC');
  files.remove('/big');
  files.write('/more', mebibyte, { append: true });
});

test('computed files are read when they are read, and written where they can be', () => {
  const files = disk();
  let forward = '0\n';
  const sysctl: VirtualFolder = {
    stat: (path) => (path === '' ? 'directory' : path === 'ip_forward' ? 'file' : undefined),
    list: () => ['ip_forward'],
    read: () => forward,
    write: (_path, text) => {
      if (!/^[01]\n?$/.test(text)) throw new LinuxError('EINVAL');
      forward = text;
    },
  };
  files.mount('/proc', virtualFolder({ version: () => 'Linux\n', 'sys/net/ipv4': sysctl }));
  expect(files.list('/proc')).toEqual(['sys', 'version']);
  expect(files.list('/proc/sys/net')).toEqual(['ipv4']);
  expect(files.readText('/proc/sys/net/ipv4/ip_forward')).toBe('0\n');
  files.write('/proc/sys/net/ipv4/ip_forward', '1\n');
  expect(files.readText('/proc/sys/net/ipv4/ip_forward')).toBe('1\n');
  expect(errno(() => files.write('/proc/sys/net/ipv4/ip_forward', 'maybe'))).toBe('EINVAL');
  expect(errno(() => files.write('/proc/version', 'x'))).toBe('EACCES');
  expect(errno(() => files.write('/proc/new', 'x'))).toBe('EROFS');
  expect(errno(() => files.remove('/proc'))).toBe('EBUSY');
  files.unmount('/proc');
  expect(files.list('/proc')).toEqual([]);
});

test('a chroot shares the storage, and its mounts are its own', () => {
  const files = disk();
  files.mkdir('/containers/one/etc', { parents: true });
  files.mkdir('/volumes/shared', { parents: true });
  const root = files.chroot('/containers/one');
  root.write('/etc/hostname', 'one\n');
  root.symlink('/etc/hostname', '/name');
  expect(root.readText('/name')).toBe('one\n');
  expect(root.realpath('/../../etc')).toBe('/etc');
  expect(files.readText('/containers/one/etc/hostname')).toBe('one\n');
  root.bind('/data', files.chroot('/volumes/shared'));
  root.write('/data/note', 'hello');
  expect(files.readText('/volumes/shared/note')).toBe('hello');
  expect(files.list('/containers/one/data')).toEqual([]);
  expect(errno(() => root.rename('/data/note', '/note'))).toBe('nothing was thrown');
});

test('owners are inherited from the folder', () => {
  const files = disk();
  files.mkdir('/home/learner', { parents: true });
  files.chown('/home/learner', 1000);
  files.write('/home/learner/x', '');
  expect(files.stat('/home/learner/x').uid).toBe(1000);
  expect(files.stat('/home').uid).toBe(0);
});
