import { expect, test } from 'vitest';
import { MemoryFiles } from '../../../linux/files/memory.ts';
import { eventLoopHost } from '../../../simulation/host.ts';
import { Simulation } from '../../../simulation/simulation.ts';
import { pageFolder } from './folder.ts';

function folder() {
  const files = new MemoryFiles({ clock: new Simulation({ seed: 'folder', host: eventLoopHost() }) });
  files.mkdir('/root/lab', { parents: true });
  return pageFolder(
    () => files,
    () => '/root/lab',
  );
}

test('files of the folder are written, read and listed; hidden ones stay hidden', async () => {
  const lab = folder();
  await lab.write('web.yaml', 'a: 1\n');
  await lab.write('more/deep.yaml', 'b: 2');
  await lab.write('.bash_history', 'ls');
  expect(new TextDecoder().decode(await lab.read('more/deep.yaml'))).toBe('b: 2');
  expect(await lab.list()).toEqual([
    { path: 'more/deep.yaml', size: 4 },
    { path: 'web.yaml', size: 5 },
  ]);
});

test('what is not there, and what is not in the folder', async () => {
  const lab = folder();
  await expect(lab.read('none.yaml')).rejects.toMatchObject({ code: 'notFound' });
  await expect(lab.read('../../etc/passwd')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(lab.write('/etc/passwd', '')).rejects.toMatchObject({ code: 'forbidden' });
});
