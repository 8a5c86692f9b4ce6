/** What iproute2's package puts into /etc/iproute2 for people to read and to add to, as far as our tools read it. */
export const iproute2Files: Readonly<Record<string, string>> = {
  rt_tables: '#\n# reserved values\n#\n255\tlocal\n254\tmain\n253\tdefault\n0\tunspec\n#\n# local\n#\n#1\tinr.ruhep\n',
  rt_scopes:
    '#\n# reserved values\n#\n0\tglobal\n255\tnowhere\n254\thost\n253\tlink\n#\n# pseudo-reserved\n#\n200\tsite\n',
  rt_protos: `#
# Reserved protocols.
#
${[
  '0 unspec;1 redirect;2 kernel;3 boot;4 static;8 gated;9 ra;10 mrt;11 zebra;12 bird;13 dnrouted;14 xorp;15 ntk;16 dhcp',
  '18 keepalived;42 babel;99 openr;186 bgp;187 isis;188 ospf;189 rip;192 eigrp',
]
  .join(';')
  .replaceAll(' ', '\t')
  .replaceAll(';', '\n')}
`,
};
