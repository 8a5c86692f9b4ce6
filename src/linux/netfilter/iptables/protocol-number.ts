/** IANA's numbers for the protocols that packets here have. */
export const protocolNumber = { tcp: 6, udp: 17, icmp: 1, sctp: 132, ipip: 4 } as const;
