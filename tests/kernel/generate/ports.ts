/** Ports that probes, listeners and rules have in common, none that a kernel chooses for itself. */
export const UDP_PORTS = [53, 5353, 7000, 7001];
export const TCP_PORTS = [22, 80, 443, 8080];
export const CLIENT_PORTS = [1024, 2000, 3000, 9999];

/** Other ports were chosen by a kernel, for a socket or by NAT: chance. */
export function isOwnPort(port: number): boolean {
  return [...UDP_PORTS, ...TCP_PORTS, ...CLIENT_PORTS].includes(port);
}
