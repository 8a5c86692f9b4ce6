/** What stands before the network header, by the numbers of pcap files (https://www.tcpdump.org/linktypes.html). */
export const linkType = { ethernet: 1, raw: 101, cooked1: 113, cooked: 276 } as const;
