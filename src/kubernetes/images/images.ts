import { servicesFile } from '../../linux/machine/netdb.ts';
import type { Program, ProgramTable } from '../../linux/process/process.ts';
import { kindnetd as kindnetAgent } from '../cni/kindnet/kindnet.ts';
import { kubernetesVersion } from '../version.ts';
import { agnhost as agnhostServer } from './agnhost/agnhost.ts';
import { daemon } from './daemon.ts';
import type { Image, ImageTable } from './image.ts';
import { BUSYBOX, TOOLBOX } from './tools.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n';

const agnhost: Image = {
  reference: 'registry.k8s.io/e2e-test-images/agnhost:2.56',
  entrypoint: ['/agnhost'],
  command: ['pause'],
  env: { PATH },
  size: 53_000_000,
  tools: { folder: '/usr/bin', names: TOOLBOX },
  programs: program('/agnhost', agnhostServer),
  files: {
    '/etc/passwd': PASSWD,
    '/etc/services': servicesFile(),
    '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nPRETTY_NAME="Alpine Linux, simulated"\n',
  },
};

const busybox: Image = {
  reference: 'docker.io/library/busybox:1.36',
  entrypoint: [],
  command: ['sh'],
  env: { PATH },
  size: 2_200_000,
  tools: { folder: '/bin', names: BUSYBOX },
  programs: {},
  files: { '/etc/passwd': PASSWD },
};

const pause: Image = {
  reference: 'registry.k8s.io/pause:3.10.1',
  entrypoint: ['/pause'],
  command: [],
  env: { PATH },
  size: 320_000,
  programs: program('/pause', daemon()),
  files: {},
};

/** kindnet's agent, under the name that kind 0.33 gives it. */
export const kindnetd: Image = {
  reference: 'docker.io/kindest/kindnetd:v20260820-69b56db7',
  entrypoint: ['/bin/kindnetd'],
  command: [],
  env: { PATH },
  size: 80_000_000,
  programs: program('/bin/kindnetd', kindnetAgent),
  files: {},
};

function controlPlane(name: string, tag: string, size: number): Image {
  const note = `${name} of this cluster runs outside of its pod: the pod shows where a real cluster has it`;
  return {
    reference: `registry.k8s.io/${name}:${tag}`,
    entrypoint: [`/usr/local/bin/${name}`],
    command: [],
    env: { PATH },
    size,
    programs: program(`/usr/local/bin/${name}`, daemon(note)),
    files: {},
  };
}

/** A program that starting clusters and labs run anyhow comes with the table: loading it then would hold them up. */
function program(path: string, run: Program): ProgramTable {
  return { [path]: async () => run };
}

export const controlPlaneImages: readonly Image[] = [
  controlPlane('etcd', '3.7.0-0', 16_181_070),
  controlPlane('kube-apiserver', `v${kubernetesVersion}`, 33_236_382),
  controlPlane('kube-controller-manager', `v${kubernetesVersion}`, 29_104_168),
  controlPlane('kube-scheduler', `v${kubernetesVersion}`, 22_645_069),
];

/** What kind's node image has inside. */
export const nodeImages: readonly string[] = [kindnetd, pause, ...controlPlaneImages].map(({ reference }) => reference);

/** Every image of the simulated registry, by its full reference. */
export const images: ImageTable = new Map(
  [agnhost, busybox, pause, kindnetd, ...controlPlaneImages].map((image) => [image.reference, image]),
);
