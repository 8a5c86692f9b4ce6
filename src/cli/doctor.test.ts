import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemOf } from './doctor/finding.ts';
import { docker } from './doctor/programs.ts';
import { main } from './main.ts';
import { recorded } from './recorded.ts';

let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'hop-doctor-'));
  vi.stubEnv('PATH', bin);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true, force: true });
});

/** Puts a program on the otherwise empty PATH. */
function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

const GIB = 1024 ** 3;
const engine = (changes: object = {}) =>
  JSON.stringify({
    ...{ ServerVersion: '28.0.0', OperatingSystem: 'Linux', CgroupVersion: '2', MemTotal: 8 * GIB, NCPU: 4 },
    ...changes,
  });

/** docker with an engine; the node image is there, and every trial in a container works. */
const working = (info: string) => `case "$1" in info) echo '${info}' ;; image) exit 0 ;; run) echo +all ;; esac`;

async function doctor(): Promise<{
  code: number;
  findings: Record<string, { verdict: string; found: string; next?: string }>;
}> {
  const { screen, out } = recorded();
  const code = await main(['doctor', '--json'], { screen, env: { HOME: bin, PATH: bin } });
  const { findings } = JSON.parse(out()) as { findings: { name: string; verdict: string; found: string }[] };
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.name, finding])) };
}

test('docker missing: says so, and where to get it', async () => {
  const { code, findings } = await doctor();
  expect(code).toBe(3);
  expect(findings.docker).toMatchObject({ verdict: 'bad', found: 'docker is not installed, or not on PATH.' });
  expect(findings.docker?.next).toContain('https://docs.docker.com');
  expect(findings).not.toHaveProperty('memory');
});

test.each([
  ['by words', 'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1'],
  [
    'by JSON',
    `echo '{"ServerErrors": ["Cannot connect to the Docker daemon at unix:///var/run/docker.sock."]}'; exit 1`,
  ],
])('docker down, told %s: says how to start it', async (_, script) => {
  program('docker', script);
  const { code, findings } = await doctor();
  expect(code).toBe(3);
  expect(findings.docker?.found).toMatch(/is installed, but its engine does not answer: Cannot connect/);
  expect(findings.docker?.next).toMatch(/[Ss]tart/);
});

test('docker forbidden: says how to be let in', () => {
  const denied = new Error('docker is installed, but its engine does not answer: permission denied while trying');
  expect(docker(denied, 'linux').next).toContain('usermod -aG docker');
});

test('kind missing, and kind too old', async () => {
  program('docker', working(engine()));
  const without = await doctor();
  expect(without.code).toBe(3);
  expect(without.findings.docker?.verdict).toBe('good');
  expect(without.findings.kind).toMatchObject({ verdict: 'bad', found: 'kind is not installed, or not on PATH.' });
  program('kind', 'echo "kind v0.20.0 go1.20.4 linux/amd64"');
  program('bash', 'echo 5.2');
  const old = await doctor();
  expect(old.findings.kind).toMatchObject({ verdict: 'unsure', found: expect.stringContaining('0.20.0, older') });
});

test('little memory and old cgroups', async () => {
  program('kind', 'echo "kind v0.33.0 go1.26 linux/amd64"');
  program('bash', 'echo 5.2');
  program('docker', working(engine({ MemTotal: 1.5 * GIB, CgroupVersion: '1' })));
  const { code, findings } = await doctor();
  expect(code).toBe(3);
  expect(findings.memory).toMatchObject({ verdict: 'bad', found: '1.5 GiB for containers, 4 CPUs' });
  expect(findings.cgroups).toMatchObject({ verdict: 'unsure', found: expect.stringContaining('version 1') });
});

test('kernel features are tried: what fails is named, and weighed', async () => {
  program('kind', 'echo "kind v0.33.0 go1.26 linux/amd64"');
  program('bash', 'echo 5.2');
  program('docker', `case "$1" in info) echo '${engine()}' ;; run) echo "+veth pairs"; echo "-VXLAN" ;; esac`);
  const some = await doctor();
  expect(some.findings.kernel).toMatchObject({ verdict: 'unsure', found: 'these do not work: VXLAN' });
  expect(some.code).toBe(0);
  program('docker', `case "$1" in info) echo '${engine()}' ;; run) echo "-conntrack" ;; esac`);
  expect((await doctor()).findings.kernel?.verdict).toBe('bad');
  program('docker', `case "$1" in info) echo '${engine()}' ;; image) exit 1 ;; esac`);
  const unfetched = await doctor();
  expect(unfetched.findings.kernel?.found).toContain('not tried yet');
  expect(unfetched.findings['node image']?.next).toContain('docker pull');
});

describe('systems', () => {
  test('are told apart', () => {
    expect(systemOf('linux', '6.1.0-amd64')).toBe('linux');
    expect(systemOf('linux', '5.15.153.1-microsoft-standard-WSL2')).toBe('wsl');
    expect(systemOf('darwin', '24.0.0')).toBe('macos');
    expect(systemOf('win32', '10.0')).toBe('windows');
  });

  test('get advice of their own', () => {
    const down = new Error('docker is not installed, or not on PATH.');
    expect(docker(down, 'macos').next).toContain('Docker Desktop');
    expect(docker(down, 'wsl').next).toContain('WSL integration');
    expect(docker(down, 'linux').next).toContain('Docker Engine');
  });
});
