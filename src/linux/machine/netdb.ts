/** Names of IANA's registries as Debian's netbase has them, as far as people meet them in a cluster. */
const SERVICE_NAMES = `echo 7/tcp,udp
discard 9/tcp,udp sink null
daytime 13/tcp,udp
ftp-data 20/tcp
ftp 21/tcp
ssh 22/tcp
telnet 23/tcp
smtp 25/tcp mail
time 37/tcp,udp timserver
domain 53/tcp,udp
bootps 67/udp
bootpc 68/udp
tftp 69/udp
http 80/tcp www
kerberos 88/tcp,udp kerberos5 krb5 kerberos-sec
pop3 110/tcp pop-3
sunrpc 111/tcp,udp portmapper
ntp 123/udp
imap2 143/tcp imap
snmp 161/tcp,udp
snmp-trap 162/tcp,udp snmptrap
bgp 179/tcp
ldap 389/tcp,udp
https 443/tcp,udp
microsoft-ds 445/tcp
syslog 514/udp
submission 587/tcp
ldaps 636/tcp,udp
domain-s 853/tcp,udp
rsync 873/tcp
imaps 993/tcp
pop3s 995/tcp
socks 1080/tcp
openvpn 1194/tcp,udp
ms-sql-s 1433/tcp
radius 1812/tcp,udp
nfs 2049/tcp,udp
mysql 3306/tcp
sip 5060/tcp,udp
sip-tls 5061/tcp,udp
xmpp-client 5222/tcp jabber-client
mdns 5353/udp
postgresql 5432/tcp postgres
amqps 5671/tcp
amqp 5672/tcp,sctp
x11 6000/tcp x11-0
ircd 6667/tcp
redis 6379/tcp
http-alt 8080/tcp webcache
git 9418/tcp`;

const PROTOCOL_NAMES =
  'ip 0 IP;icmp 1 ICMP;igmp 2 IGMP;ipencap 4 IP-ENCAP;tcp 6 TCP;udp 17 UDP;dccp 33 DCCP;ipv6 41 IPv6;gre 47 GRE;esp 50 IPSEC-ESP;ah 51 IPSEC-AH;ipv6-icmp 58 IPv6-ICMP;ospf 89 OSPFIGP;pim 103 PIM;vrrp 112 VRRP;sctp 132 SCTP;udplite 136 UDPLite';

/** /etc/services (services(5)). */
export function servicesFile(): string {
  const lines = SERVICE_NAMES.split('\n').flatMap((line) => {
    const [name = '', place = '', ...aliases] = line.split(' ');
    const [port = '', protocols = ''] = place.split('/');
    return protocols.split(',').map((protocol) => [name, `${port}/${protocol}`, ...aliases].join('\t'));
  });
  return `${lines.join('\n')}\n`;
}

/** /etc/protocols (protocols(5)). */
export function protocolsFile(): string {
  return `${PROTOCOL_NAMES.replaceAll(' ', '\t').replaceAll(';', '\n')}\n`;
}
