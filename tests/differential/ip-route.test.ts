import { compareCommands, split } from './commands.fixture.ts';

const ROUTES = split(`
  ip route add default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route
  ip -d route
  ip -j route
  ip -o route
  ip -j -p route show default
  ip route add 10.50.0.0/16 nexthop via 10.0.0.2 dev v0 onlink weight 2 nexthop dev v1
  ip route show 10.50.0.0/16
  ip -d route show 10.50.0.0/16
  ip route add throw 10.51.0.0/16
  ip route add 10.52.0.0/16 via 10.0.0.2 mtu 1400
  ip route add 10.53.0.0/16 via 10.0.0.2 mtu lock 1300 hoplimit 12 proto bird metric 20
  ip route add 10.54.0.0/16 dev v0 proto 200
  ip route add 10.55.0.0/16 dev v0 proto zebra scope site
  ip route add blackhole 10.56.0.0/16 dev v0
  ip route add blackhole default metric 4278198272
  ip route
  ip -d route
  ip -j route
  ip route show type blackhole
  ip route show type throw
  ip route show scope site
  ip route show proto bird
  ip route show metric 20
  ip route show table main dev v1
  ip route show via 10.1.0.2
  ip route get 8.8.8.8 fibmatch
  ip route get 10.51.1.1
  ip route get 10.52.1.1
  ip route get 10.53.1.1
  ip -d route get 10.53.1.1
  ip -j route get 10.53.1.1
  ip -j -p route get 10.53.1.1
  ip route get 10.53.1.1 fibmatch
  ip route get 10.0.0.2 mark 5
  ip route get 10.0.0.2 from 10.0.0.1 mark 0x5
  ip route get 10.0.0.2 from 10.9.9.9 iif v1
  ip route get 10.0.0.1 from 10.1.0.9 iif v1
  ip route get 10.0.0.255 from 10.1.0.9 iif v1
  ip -j route get 10.0.0.1 from 10.1.0.9 iif v1
  ip route get 10.0.0.2 oif v1
  ip route get 10.0.0.2 from 10.1.0.1 oif v0
  ip route get 10.0.0.2 tos 0x10
  ip route get 10.0.0.2 ipproto tcp dport 80 sport 12
  ip route get 10.0.0.2 uid 5
  ip route get 255.255.255.255 oif v0
  ip route get 0.0.0.0
  ip route get 10.0.0.0/24
  ip route get 1.1.1.1 from 9.9.9.9
  ip route get 10.0.0.2 dev nosuch
  ip route get 10.0.0.2 iif nosuch from 1.1.1.1
  ip route get 10.0.0.2 iif v0
  ip route get 10.1.0.9 from 127.0.0.1 iif v0
  ip route get 127.0.0.1 from 10.0.0.2 iif v0
  ip route get 10.1.0.9 from 10.0.0.1 iif v0
  ip route get to 10.1.0.9 connected
  ip route get 10.1.0.9 from 10.1.0.1 connected
  ip route add 10.60.0.0/16 via 10.0.0.2 table 100
  ip route show table 100
  ip route show table all
  ip -d route show table 100
  ip -j route show table all
  ip route show table 101
  ip route flush table 100
  ip route show table 100
  ip route prepend 10.52.0.0/16 via 10.1.0.2
  ip route append 10.52.0.0/16 via 10.1.0.3
  ip route show 10.52.0.0/16
  ip route change 10.52.0.0/16 via 10.1.0.9
  ip route show 10.52.0.0/16
  ip route test 10.52.0.0/16 via 10.1.0.9
  ip route test 10.99.0.0/16 via 10.1.0.9
  ip route replace 10.52.0.0/16 via 10.1.0.3
  ip route show 10.52.0.0/16
  ip route replace 10.52.0.0/16 via 10.1.0.9
  ip route change 10.98.0.0/16 via 10.1.0.9
  ip route del default via 10.1.0.2
  ip route del default via 10.0.0.2
  ip route add default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route del default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route add default nexthop via 10.0.0.2 nexthop via 10.99.0.2
  ip route add default nexthop via 10.0.0.2 weight 0
  ip route add default nexthop via 10.0.0.2 weight 257
  ip route add default nexthop
  ip route add default nexthop foo
  ip route add 10.61.0.0/16 nexthop via 10.0.0.2 dev v0
  ip route add 10.62.0.0/16 nexthop via 10.0.0.2 dev v0 nexthop via 10.0.0.3 dev v0
  b ip link set e1 down
  ip route
  ip link set v1 down
  ip route
  ip link set v1 up
  ip route
  b ip link set e1 up
  ip route
  ip route del 10.62.0.0/16 dev v0
  ip route del 10.62.0.0/16 via 10.0.0.3
  ip route del 10.62.0.0/16
  ip route del 10.52.0.0/16 via 10.1.0.77
  ip route add 10.63.0.0/16 via 10.0.0.1
  ip route add 10.63.0.0/16 via 10.0.0.255
  ip route add 10.64.0.0/16 via 10.0.0.2 dev v1
  ip route add 10.64.0.0/16 via 10.0.0.2 scope link
  ip route add local 10.64.0.0/16 dev lo
  ip route get 10.64.3.3
  ip route add broadcast 10.65.0.0/16 dev v0
  ip route add 10.67.0.0/16 dev v0 proto nosuch
  ip route add 10.67.0.0/16 dev v0 proto 300
  ip route add 10.67.0.0/16 dev v0 scope nosuch
  ip route add 10.67.0.0/16 dev v0 metric x
  ip route add 10.67.0.0/16 dev v0 mtu x
  ip route add 10.67.0.0/16 dev v0 table x
  ip route show table local
  ip route flush
  ip route flush 10.52.0.0/16
  ip route flush cache
  ip route flush table main scope global
  ip route
  ip route show cache
  ip route show match 10.0.0.2
  ip route show root 0/0
  ip route show exact 10.0.0.0/24
  ip route show to 10.0.0.0/24
  ip route show 10.0.0.0
  ip route add 10.67.0.0/16 src 10.0.0.1
  ip route add 10.69/16 dev v0
  ip route add 10/8 dev v0
  ip route show 10/8
`);

const RULES = split(`
  ip rule add from 10.0.0.0/24 lookup 100
  ip rule add from 10.0.0.1/24 to 10.9.0.0/16 iif v0 oif nosuch fwmark 0x1/0xff table 200 pref 50
  ip rule add fwmark 0x4000 lookup main
  ip rule add fwmark 16 lookup local pref 10
  ip rule add not from 10.1.0.0/16 unreachable pref 60
  ip rule add to 10.2.0.1 prohibit pref 61
  ip rule add blackhole pref 62
  ip rule add ipproto tcp dport 80 sport 1000-2000 lookup 5 pref 63
  ip rule add ipproto 89 lookup 5 pref 64
  ip rule add pref 70 goto 32766
  ip rule add pref 71 goto 9999
  ip rule add pref 72 nop
  ip rule add pref 80 lookup main suppress_prefixlength 0
  ip rule add tos 0x10 lookup 7 pref 81
  ip rule add pref 82 lookup 100 protocol 99
  ip rule add pref 83 lookup 100 protocol static
  ip rule add pref 85 to default lookup 100
  ip rule add pref 86 from 0/0 lookup 100
  ip rule
  ip -d rule
  ip -j rule
  ip -j -p rule show pref 50
  ip -o rule show
  ip rule show table 100
  ip rule show lookup 100
  ip rule show from 10.0.0.0/24
  ip rule show iif v0
  ip rule show fwmark 0x4000
  ip rule show fwmark 0x1/0xff
  ip rule show pref 80
  ip rule show to 10.2.0.1
  ip rule show not
  ip rule show priority 70
  ip rule show ipproto tcp
  ip rule add pref 70 goto 32766
  ip rule add pref 90 goto 32
  ip rule add
  ip rule add foo
  ip rule add from x
  ip rule add fwmark zz
  ip rule add fwmark 1/zz
  ip rule add table nosuch
  ip rule add pref x
  ip rule add dport x
  ip rule add dport 5-1
  ip rule add ipproto nosuch
  ip rule add iif
  ip rule add goto x
  ip rule del pref 12345
  ip rule del
  ip rule del from 10.77.0.0/16
  ip rule del fwmark 0x4000
  ip rule del from 10.0.0.0/24
  ip rule del pref 72
  ip rule del lookup 200
  ip rule foo
  ip rule help
  ip rule
  ip rule del pref 62
  ip rule del pref 60
  ip route add 10.20.0.0/16 via 10.0.0.7 table 100
  ip route add 10.20.0.0/24 via 10.1.0.7
  ip rule
  ip route get 10.20.0.1
  ip route get 10.2.0.1
  ip route get 10.0.0.1
  ip route get 10.20.0.1 from 10.1.0.1
  ip rule add fwmark 7 unreachable pref 30
  ip rule add fwmark 8 blackhole pref 30
  ip rule add fwmark 9 prohibit pref 30
  ip rule add fwmark 10 lookup 300 pref 31
  ip route add default via 10.0.0.9 table 300
  ip route add throw 10.21.0.0/16 table 300
  ip route get 10.20.0.1 mark 7
  ip route get 10.20.0.1 mark 8
  ip route get 10.20.0.1 mark 9
  ip route get 10.20.0.1 mark 10
  ip route get 10.21.0.1 mark 10
  ip route get 10.22.0.1 from 10.1.0.5 iif v1 mark 10
  ip rule add iif v1 lookup 300 pref 32
  ip route get 10.22.0.1 from 10.1.0.5 iif v1
  ip rule add ipproto udp dport 53 lookup 300 pref 33
  ip route get 10.22.0.1 ipproto udp dport 53
  ip route get 10.22.0.1 ipproto udp dport 54
  ip rule flush table 100
  ip rule
  ip rule flush
  ip rule
  ip route get 10.0.0.1
  ip route get 10.0.0.2
`);

/** Words as short as the real tool lets them be: which those are is its own order's doing. */
const ABBREVIATED = split(`
  ip route add 10.70.0.0/16 dev v0 met 5 pro 200 t 70
  ip route show t 70
  ip route show t 70 pri 5
  ip route del 10.70.0.0/16 t 70
  ip route add 10.70.0.0/16 de v0
  ip route get 10.0.0.2 m 5 con
  ip rule add pri 900 fwm 5
  ip rule add pri 900 fwmark 5 ta 7
  ip rule list pre 900
  ip rule del o 900
  ip link set a up
  ip link set t up
  ip link set v0 promi on
  ip link set v0 ali words
  ip addr add 10.71.0.1/24 b + met 7 dev v0
  ip addr show dev v0 to 10.71.0.0/24
  ip addr del 10.71.0.1/24 dev v0
`);

compareCommands('routes and rules are what iproute2 says', 'hoproute', [...ROUTES, ...RULES, ...ABBREVIATED]);
