"""
Carries out plans (plan.ts) in real network namespaces: one JSON line in, one JSON line out. Each plan has a process of
its own, with a mount namespace and a network namespace in which /run/netns is empty, so nothing outside is touched and
the kernel takes everything away when the process ends.
"""

import ctypes
import errno
import fcntl
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
ETH_P_ALL = 3
PACKET_HOST, PACKET_OUTGOING = 0, 4
SOL_PACKET, PACKET_RX_RING, PACKET_VERSION, TPACKET_V2 = 263, 5, 10, 1
TP_STATUS_USER = 1
# A slot takes the largest probe; a ring has room for what happens in the time that it takes to read it.
SLOT, BLOCK, BLOCKS = 9216, 1 << 17, 48
SIOCETHTOOL, ETHTOOL_GLINK = 0x8946, 0x0A
IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_WANT, IP_PMTUDISC_DO = 10, 0, 1, 2

# What a machine may have set for new namespaces, or what only a kernel does: IPv6's own packets, limits by real time.
BASELINE = {
    "net/ipv6/conf/all/disable_ipv6": "1",
    "net/ipv6/conf/default/disable_ipv6": "1",
    "net/ipv4/ip_forward": "0",
    "net/ipv4/icmp_ratemask": "0",
    "net/ipv4/igmp_link_local_mcast_reports": "0",
    "net/ipv4/tcp_synack_retries": "0",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv4/conf/all/accept_redirects": "1",
    "net/ipv4/conf/default/accept_redirects": "1",
    "net/ipv4/conf/all/secure_redirects": "1",
    "net/ipv4/conf/default/secure_redirects": "1",
    "net/ipv4/conf/all/shared_media": "1",
    "net/ipv4/conf/default/shared_media": "1",
    "net/ipv4/conf/all/proxy_arp": "0",
    "net/ipv4/conf/default/proxy_arp": "0",
    "net/ipv4/conf/all/route_localnet": "0",
    "net/ipv4/conf/default/route_localnet": "0",
    "net/bridge/bridge-nf-call-iptables": "1",
}

# The same of each device, as only the machine's own namespace has defaults for them: answers by proxy ARP come at once.
NEIGHBOURS = {"retrans_time_ms": "100000", "proxy_delay": "0"}

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def setting(key, value):
    try:
        with open(f"/proc/sys/{key}", "w") as file:
            file.write(value)
    except OSError:
        pass


class Capture:
    """
    All frames of a namespace, in a ring that the kernel copies them to at once (packet(7), PACKET_RX_RING): a packet
    that waits in a socket's queue shares its bytes with the stack, which rewrites the header of a fragment in place.
    """

    def __init__(self, name):
        self.name = name
        self.devices = dict(socket.if_nameindex())
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        slots = BLOCK // SLOT * BLOCKS
        self.socket.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack("IIII", BLOCK, BLOCKS, SLOT, slots))
        self.ring = mmap.mmap(self.socket.fileno(), BLOCK * BLOCKS)
        self.places = [block * BLOCK + slot * SLOT for block in range(BLOCKS) for slot in range(BLOCK // SLOT)]
        self.next = 0

    def read(self, seen):
        while True:
            at = self.places[self.next]
            status, length, taken, mac = struct.unpack_from("IIIH", self.ring, at)
            if not status & TP_STATUS_USER:
                return
            if taken < length:
                raise OSError(f"a frame of {length} bytes is too long for the ring")
            # struct tpacket2_hdr is 32 bytes long, struct sockaddr_ll follows it.
            index, hardware, kind = struct.unpack_from("iHB", self.ring, at + 36)
            # On loopback each packet comes in too, and is not to be seen twice (libpcap's linux_check_direction).
            if not (hardware == 772 and kind == PACKET_OUTGOING):
                direction = "out" if kind == PACKET_OUTGOING else "in"
                data = self.ring[at + mac : at + mac + taken]
                seen.append([self.name, self.devices.get(index, "?"), direction, data.hex()])
            struct.pack_into("I", self.ring, at, 0)
            self.next = (self.next + 1) % len(self.places)


def fragment(frame, offset, length, more):
    """One fragment of the packet in a frame, with a header of its own (RFC 791, 3.1)."""
    header = bytearray(frame[14:34])
    flags = struct.unpack_from(">H", header, 6)[0] & 0x4000 | (0x2000 if more else 0) | offset // 8
    struct.pack_into(">H", header, 2, 20 + length)
    struct.pack_into(">HBBH", header, 6, flags, header[8], header[9], 0)
    total = sum(struct.unpack(">10H", header))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into(">H", header, 10, 0xFFFF - total)
    return frame[:14] + bytes(header) + frame[34 + offset : 34 + offset + length]


class Network:
    def __init__(self, quiet):
        self.quiet = quiet
        self.handles = {}
        self.captures = {}
        self.senders = {}
        self.listeners = {}
        self.poll = select.epoll()

    def add(self, name):
        call("unshare", CLONE_NEWNET)
        for key, value in BASELINE.items():
            setting(key, value)
        path = f"/run/netns/{name}"
        open(path, "w").close()
        call("mount", b"/proc/self/ns/net", path.encode(), None, MS_BIND, None)
        self.handles[name] = os.open(path, os.O_RDONLY)

    def enter(self, name):
        call("setns", self.handles[name], CLONE_NEWNET)

    def run(self, step):
        self.enter(step["in"])
        text = step.get("stdin", "")
        try:
            done = subprocess.run(step["run"].split(" "), input=text, capture_output=True, text=True, timeout=30)
        except OSError as error:
            return {"code": 127, "stdout": "", "stderr": str(error)}
        return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    def settle_links(self):
        """Asks each device for its carrier: a carrier that came is put to use up to a second later (link_watch.c)."""
        for name in self.handles:
            self.enter(name)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
                for _, device in socket.if_nameindex():
                    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_GLINK, 0))
                    request = struct.pack("16sP", device.encode(), ctypes.addressof(value)) + bytes(16)
                    try:
                        fcntl.ioctl(any_socket, SIOCETHTOOL, request)
                    except OSError:
                        pass

    def settle_neighbours(self):
        for name in self.handles:
            self.enter(name)
            for _, device in socket.if_nameindex():
                for key, value in NEIGHBOURS.items():
                    setting(f"net/ipv4/neigh/{device}/{key}", value)

    def capture(self):
        for name in self.handles:
            self.enter(name)
            capture = Capture(name)
            self.captures[capture.socket.fileno()] = capture
            self.poll.register(capture.socket.fileno(), select.EPOLLIN)
            # What sends receives nothing (protocol 0). A socket doesn't see what it has sent itself, nor the packet of a
            # tunnel around it, so it is not the one that captures.
            self.senders[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)

    def listen(self, listener):
        self.enter(listener["in"])
        tcp = listener["protocol"] == "tcp"
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        server.setblocking(False)
        server.bind((listener.get("address", "0.0.0.0"), listener["port"]))
        if tcp:
            server.listen(64)
        self.listeners[server.fileno()] = (listener, server)
        self.poll.register(server.fileno(), select.EPOLLIN)

    def drain(self):
        """What is seen until nothing has happened for `quiet` seconds, in each namespace in order."""
        seen, heard, kept = [], [], []
        while True:
            ready = self.poll.poll(0) or self.poll.poll(self.quiet)
            if not ready:
                return seen, heard, kept
            for number, _ in ready:
                if number in self.captures:
                    self.captures[number].read(seen)
                else:
                    self.serve(*self.listeners[number], heard, kept)

    def serve(self, listener, server, heard, kept):
        where = f"{listener['in']} {listener['protocol']} {listener['port']}"
        try:
            if listener["protocol"] == "tcp":
                connection, (address, port) = server.accept()
                kept.append(connection)
                heard.append(f"{where} accepts {address} {port}")
            else:
                data, (address, port) = server.recvfrom(65536)
                heard.append(f"{where} gets {len(data)} bytes from {address} {port}")
                server.sendto(data, (address, port))
        except OSError as error:
            heard.append(f"{where} {errno.errorcode.get(error.errno)}")

    def probe(self, probe):
        kind = probe["kind"]
        if probe["in"] not in self.handles:
            return {"outcome": "no such namespace", "seen": [], "heard": []}
        self.early = [], []
        outcome = getattr(self, kind)(probe)
        seen, heard, kept = self.drain()
        seen, heard = self.early[0] + seen, self.early[1] + heard
        if kind == "connect":
            outcome, client = self.connected(outcome)
            for each in kept + [client]:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.close()
            more, heard_more, _ = self.drain()
            seen, heard = seen + more, heard + heard_more
        return {"outcome": outcome, "seen": seen, "heard": heard}

    def frame(self, probe):
        frame = bytes.fromhex(probe["bytes"])
        pieces = [fragment(frame, **piece) for piece in probe["pieces"]] if "pieces" in probe else [frame]
        for number, piece in enumerate(pieces):
            if number > 0:
                seen, heard, _ = self.drain()
                self.early = self.early[0] + seen, self.early[1] + heard
            try:
                self.senders[probe["in"]].sendto(piece, (probe["device"], 0))
            except OSError as error:
                # The link dropped it, which shows by what is seen.
                if error.errno != errno.ENOBUFS:
                    return errno.errorcode.get(error.errno)
        return ""

    def wait(self, probe):
        time.sleep(probe["milliseconds"] / 1000)
        return ""

    def send(self, probe):
        packet = bytes.fromhex(probe["bytes"])
        tos, flags, ttl, protocol = packet[1], packet[6], packet[8], packet[9]
        self.enter(probe["in"])
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as raw:
            try:
                raw.bind((socket.inet_ntoa(packet[12:16]), 0))
                raw.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
                raw.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
                discover = IP_PMTUDISC_DO if flags & 0x40 else IP_PMTUDISC_DONT
                if probe.get("discover"):
                    discover = IP_PMTUDISC_WANT
                raw.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, discover)
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                raw.sendto(packet[20:], (socket.inet_ntoa(packet[16:20]), 0))
            except OSError as error:
                return errno.errorcode.get(error.errno)
        return ""

    def connect(self, probe):
        self.enter(probe["in"])
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setblocking(False)
        return client.connect_ex((probe["to"], probe["port"])), client

    def connected(self, started):
        code, client = started
        if code not in (0, errno.EINPROGRESS):
            return errno.errorcode.get(code), client
        failed = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            return errno.errorcode.get(failed), client
        try:
            client.getpeername()
        except OSError:
            return "pending", client
        return "connected", client


def carry_out(plan):
    call("unshare", CLONE_NEWNS)
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    os.makedirs("/run/netns", exist_ok=True)
    call("mount", b"none", b"/run/netns", b"tmpfs", 0, None)
    network = Network(plan["quiet"] / 1000)
    for name in plan["namespaces"]:
        network.add(name)
    steps = [network.run(step) for step in plan["steps"]]
    # A bridge has a carrier once a port has one.
    network.settle_links()
    network.settle_links()
    network.settle_neighbours()
    network.capture()
    for listener in plan["listeners"]:
        network.listen(listener)
    probes = [network.probe(probe) for probe in plan["probes"]]
    answers = [network.run(question) for question in plan["questions"]]
    return {"steps": steps, "probes": probes, "answers": answers}


def main():
    for line in sys.stdin:
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            try:
                text = json.dumps(carry_out(json.loads(line)))
            except Exception as error:
                text = json.dumps({"failed": f"{type(error).__name__}: {error}"})
            with os.fdopen(writer, "w") as out:
                out.write(text)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as out:
            text = out.read()
        print(text, flush=True)
        # Its namespaces go while the next plan runs; the kernel does it without us.
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break


main()
