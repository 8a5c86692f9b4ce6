import { LinuxError } from '../errno.ts';
import type { Files } from '../files/files.ts';
import { MemoryFiles } from '../files/memory.ts';
import type { DeviceName } from '../files/storage.ts';
import { iproute2Files } from './iproute2.ts';
import { protocolsFile, servicesFile } from './netdb.ts';

const DEVICES: Readonly<Record<string, DeviceName>> = {
  null: 'null',
  zero: 'zero',
  full: 'full',
  random: 'random',
  urandom: 'random',
  tty: 'tty',
  stdin: 'stdin',
  stdout: 'stdout',
  stderr: 'stderr',
};

/** Puts the device files into `/dev` of a machine or of a container's root. */
export function makeDevices(files: Files): void {
  if (!(files instanceof MemoryFiles)) throw new LinuxError('EOPNOTSUPP');
  files.mkdir('/dev', { parents: true });
  for (const [name, device] of Object.entries(DEVICES)) files.makeDevice(`/dev/${name}`, device);
}

/** The folders and small files that a freshly installed Debian machine has (hier(7)). */
export function layOut(files: Files, hostname: string): void {
  for (const folder of [
    '/etc',
    '/home',
    '/opt',
    '/root',
    '/run',
    '/srv',
    '/tmp',
    '/usr/local/bin',
    '/var/log',
    '/var/lib',
  ])
    files.mkdir(folder, { parents: true });
  for (const folder of ['bin', 'sbin', 'lib']) {
    files.mkdir(`/usr/${folder}`, { parents: true });
    files.symlink(`usr/${folder}`, `/${folder}`);
  }
  files.chmod('/tmp', 0o1777);
  files.chmod('/root', 0o700);
  makeDevices(files);
  files.write('/etc/hostname', `${hostname}\n`);
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n`);
  files.write(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  );
  files.write('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  files.write('/etc/services', servicesFile());
  files.write('/etc/protocols', protocolsFile());
  for (const file of ['rt_tables', 'rt_protos']) files.mkdir(`/etc/iproute2/${file}.d`, { parents: true });
  for (const [name, text] of Object.entries(iproute2Files)) files.write(`/etc/iproute2/${name}`, text);
  files.write(
    '/etc/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm), simulated"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  );
}
