export const ROUTE_USAGE = `Usage: ip route [ { list | flush } SELECTOR ]
       ip route get ADDRESS [ from ADDRESS ] [ iif DEVICE ] [ oif DEVICE ] [ mark NUMBER ] [ tos TOS ]
                [ ipproto PROTOCOL ] [ sport PORT ] [ dport PORT ] [ uid NUMBER ] [ fibmatch ] [ connected ]
       ip route { add | append | change | prepend | replace | test | del } [ TYPE ] PREFIX [ via ADDRESS ]
                [ dev DEVICE ] [ src ADDRESS ] [ metric NUMBER ] [ table TABLE ] [ proto PROTOCOL ] [ scope SCOPE ]
                [ onlink ] [ mtu [ lock ] NUMBER ] [ hoplimit NUMBER ] [ NEXTHOP ]...
SELECTOR := [ [ root | match | exact ] PREFIX ] [ dev DEVICE ] [ via ADDRESS ] [ src ADDRESS ] [ table TABLE ]
            [ proto PROTOCOL ] [ scope SCOPE ] [ type TYPE ] [ metric NUMBER ]
NEXTHOP := nexthop [ via ADDRESS ] [ dev DEVICE ] [ weight NUMBER ] [ onlink ]
TYPE := { unicast | local | broadcast | blackhole | unreachable | prohibit | throw }
TABLE := { local | main | default | all | NUMBER }`;
