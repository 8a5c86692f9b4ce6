import { compareCommands, split } from './commands.fixture.ts';

const ADDRESSES = split(`
  ip link add br0 address 02:00:00:00:01:09 type bridge
  ip link set v1 master br0
  ip addr flush dev v1
  ip addr flush dev v0
  ip addr add 10.0.0.1/24 dev v0
  ip addr add 10.0.0.2/24 dev v0
  ip addr add 10.0.0.3/24 dev v0
  ip addr add 10.2.0.1/24 dev v0 valid_lft forever preferred_lft forever
  ip addr add 10.3.0.1/24 dev v0 metric 50
  ip addr add 10.4.0.1/24 broadcast + dev v0
  ip addr add 10.5.0.1/24 broadcast - dev v0
  ip addr add 10.6.0.1/24 broadcast 10.6.0.200 dev v0
  ip addr add 10.7.0.1/24 dev v0 scope site
  ip addr add 10.8.0.1/24 dev v0 scope 200
  ip addr add 10.9.0.1/24 dev v0 scope link proto 5
  ip addr change 10.2.0.1/24 dev v0 noprefixroute
  ip addr replace 10.2.0.1/24 dev v0
  ip addr replace 10.20.0.1/24 dev v0
  ip addr change 10.21.0.1/24 dev v0
  ip addr show dev v0
  ip -br addr show dev v0
  ip -j addr show dev v0
  ip -j -p addr show dev v0
  ip -o addr show dev v0
  ip route show dev v0
  ip route show table local
  ip addr show master br0
  ip addr show nomaster
  ip addr show type bridge
  ip addr show type veth
  ip addr show dynamic
  ip addr show permanent
  ip addr show primary dev v0
  ip addr show secondary dev v0
  ip addr show deprecated
  ip addr show scope site
  ip addr show up
  ip addr show to 10.0.0.0/30
  ip addr del 10.0.0.1/24 dev v0
  ip addr show dev v0
  sysctl -w net.ipv4.conf.v0.promote_secondaries=1
  ip addr add 10.0.0.1/24 dev v0
  ip addr add 10.0.0.2/24 dev v0
  ip addr add 10.0.0.3/24 dev v0
  ip addr del 10.0.0.1/24 dev v0
  ip addr show dev v0
  ip route show dev v0
  ip route show table local
  ip addr del 10.0.0.2 dev v0
  ip addr show dev v0 to 10.0.0.0/24
  ip addr flush dev v0 scope site
  ip addr flush dev v0 to 10.4.0.0/16
  ip -s addr flush dev v0 label v0
  ip addr show dev v0
  ip addr flush dev v0
  ip -s addr flush dev v0
  ip addr add 10.0.0.1/24 peer 10.0.0.2 dev v0
  ip addr add 10.0.0.1/24 dev v0 label v0:1
  ip addr show dev v0
  ip addr add 10/8 dev v0
  ip addr add local 10.30.0.1/24 dev v0
  ip addr add 10.31.0.1/24 dev v0 foo
  ip addr add 10.32.0.1/24 dev v0 home
  ip addr add 10.33.0.1/24 dev v0 scope foo
  ip addr add 10.33.0.1/24 dev v0 metric x
  ip addr del 10.31.0.1/24 dev v0
  ip addr show dev v0
  ip route
`);

compareCommands('addresses are what iproute2 says', 'hopaddr', ADDRESSES);
