/** The Kubernetes release that the page follows; kind's pinned node image is the same one. */
export const kubernetesVersion = '1.37.0';
