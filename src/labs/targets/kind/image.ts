/**
 * The node image that kind 0.33.0 was released with (its release notes); a digest, so that everybody runs the same.
 * `HOP_KIND_NODE_IMAGE` names another one, for rooms without a registry (`docker load` it first).
 */
const NODE_IMAGE = 'kindest/node:v1.37.0@sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5';

export function nodeImage(env: NodeJS.ProcessEnv = process.env): string {
  return env.HOP_KIND_NODE_IMAGE || NODE_IMAGE;
}

/**
 * What `hop outside` and `hop node --tools` run in. The labs' own server image carries curl, dig, nc, ip and ping, so
 * that nothing else has to be pulled. `HOP_TOOLBOX_IMAGE` names another one.
 */
const TOOLBOX_IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.56';

export function toolboxImage(env: NodeJS.ProcessEnv = process.env): string {
  return env.HOP_TOOLBOX_IMAGE || TOOLBOX_IMAGE;
}
