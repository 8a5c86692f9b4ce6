import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from './main.ts';
import { recorded } from './recorded.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hop-cli-'));
  // No docker, no kind: nothing of this machine is touched.
  vi.stubEnv('PATH', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

async function hop(...argv: string[]) {
  const { screen, out, err } = recorded();
  const code = await main(argv, { screen, env: { HOME: home }, cwd: home });
  return { code, out: out(), err: err() };
}

test('alone it says what one can do', async () => {
  const { code, out } = await hop();
  expect(code).toBe(0);
  expect(out).toContain('npx hop-by-hop lab start pods');
});

test('help has examples and exit statuses; every command has help of its own', async () => {
  const { code, out } = await hop('--help');
  expect(code).toBe(0);
  expect(out).toContain('Examples:');
  expect(out).toContain('Exit status:');
  const verbs = readdirSync(join(import.meta.dirname, 'lab')).map((file) => file.replace('.ts', ''));
  for (const verb of verbs.filter((name) => !['door', 'show'].includes(name))) {
    const help = await hop('lab', verb, '--help');
    expect(help.code, verb).toBe(0);
    expect(help.out, verb).toMatch(new RegExp(`Examples:\n {2}npx hop-by-hop lab ${verb}`));
  }
});

describe('mistakes end with 2, in words, with the nearest one', () => {
  test.each([
    [['strat'], "unknown command 'strat'", 'start'],
    [['lab', 'chek', 'pods'], "unknown command 'chek'", 'check'],
    [['lab', 'check', 'pdos'], 'There is no lab "pdos".', 'pods'],
    [['lab', 'goto', 'pods', 'vteh'], 'The lab "pods" has no step "vteh".', 'veth'],
    [['start', '--prot', '1'], "unknown option '--prot'", '--port'],
    [['start', '--port', 'http'], '"http" is no port.', '0 to 65535'],
    [['lab', 'validate', 'nowhere'], 'There is no folder nowhere here.', 'labs/pods'],
    [['lab', 'check'], "missing required argument 'id'", ''],
    [['cluster', 'delete'], 'Which cluster?', ''],
  ])('%j', async (argv, message, meant) => {
    // `cluster delete` asks docker which clusters there are.
    writeFileSync(join(home, 'docker'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const { code, out, err } = await hop(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(meant);
    expect(err).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(out).toBe('');
  });
});

test('without docker, commands on kind end with 3 and point to doctor', async () => {
  const { code, err } = await hop('lab', 'check', 'pods');
  expect(code).toBe(3);
  expect(err).toContain('docker is not installed');
  expect(err).toContain('hop doctor');
});

test('labs are listed for people and for programs', async () => {
  expect((await hop('lab', 'list')).out).toMatch(/^pods +Every pod has an address/);
  const { labs } = JSON.parse((await hop('lab', 'list', '--json')).out) as { labs: { id: string; steps: object[] }[] };
  const pods = labs.find(({ id }) => id === 'pods');
  expect(pods).toMatchObject({ targets: ['page', 'kind'], cluster: { name: 'hop-lab', workers: 2 } });
  expect(pods?.steps.length).toBeGreaterThan(3);
});

describe('lab validate', () => {
  const lab = (text: string) => {
    mkdirSync(join(home, 'labs', 'mine'), { recursive: true });
    writeFileSync(join(home, 'labs', 'mine', 'lab.yaml'), text);
  };

  test('names file, line, column, field and the nearest word', async () => {
    lab('title: Mine\nlesson: pods\nminuts: 5\ncluster: {}\nsteps: []\n');
    const { code, out } = await hop('lab', 'validate');
    expect(code).toBe(1);
    expect(out).toMatch(/^labs\/mine\/lab\.yaml:3:1: minuts: .*"minutes"/m);
    expect((await hop('lab', 'validate', 'labs/mine')).out).toBe(out);
    const { problems } = JSON.parse((await hop('lab', 'validate', '--json')).out) as { problems: object[] };
    expect(problems).toContainEqual(expect.objectContaining({ line: 3, field: 'minuts', nearest: 'minutes' }));
  });

  test("knows the lessons of the lab's own checkout", async () => {
    mkdirSync(join(home, 'content', '1-pods'), { recursive: true });
    writeFileSync(join(home, 'content', '1-pods', 'an-address.mdx'), '');
    const pods = readFileSync(join(import.meta.dirname, '..', '..', 'labs', 'pods', 'lab.yaml'), 'utf8');
    lab(pods.replace(/^lesson: .*/m, 'lesson: an-adress'));
    const { code, out } = await hop('lab', 'validate');
    expect(code).toBe(1);
    expect(out).toContain('lab.yaml:2:9: lesson: no such lesson: found "an-adress"; did you mean "an-address"?');
  });

  test.each([
    ['not YAML', 'title: [1, 2\nsteps: }'],
    ['empty', ''],
    [
      'a bomb',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`).join('\n')}\n`,
    ],
    ['5 MB and more', `title: ${'x'.repeat(5 * 1024 * 1024)}\n`],
  ])('stays calm about a file that is %s', async (_, text) => {
    lab(text);
    const { code, out, err } = await hop('lab', 'validate');
    expect(code).toBe(1);
    expect(out).toMatch(/^labs\/mine\/lab\.yaml:\d+:\d+: /);
    expect(out.length).toBeLessThan(10_000);
    expect(err).toContain('to mend');
  });

  test("finds nothing wrong with the course's own", async () => {
    const labs = join(import.meta.dirname, '..', '..', 'labs');
    const { code, err } = await hop('lab', 'validate', labs);
    expect(err).toContain('good: pods');
    expect(code).toBe(0);
  });
});

test('shell -c prints what the commands print, in their order, each to its own stream', async () => {
  const printed: string[] = [];
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((data) => {
      printed.push(`${stream}: ${Buffer.from(data as Uint8Array).toString()}`);
      return true;
    }),
  );
  try {
    const { code } = await hop('shell', '-c', 'echo one; echo two >&2; echo three; exit 4');
    expect(code).toBe(4);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(printed).toEqual(['stdout: one\n', 'stderr: two\n', 'stdout: three\n']);
});
