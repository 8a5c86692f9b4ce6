/** Ports that probes, listeners and rules have in common, all below those that a kernel chooses. */
export const UDP_PORTS = [53, 5353, 7000, 7001];
export const TCP_PORTS = [22, 80, 443, 8080];
export const CLIENT_PORTS = [1024, 2000, 3000, 9999];
