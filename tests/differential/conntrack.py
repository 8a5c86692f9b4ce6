"""
A router between two wires, in real network namespaces: one JSON line in, one JSON line out. `setup` makes it anew and
runs commands in it; `inject` puts a frame onto a wire and answers what came out at both, and the router's table.
"""

import ctypes
import json
import os
import select
import socket
import subprocess
import sys

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
PACKET_OUTGOING = 4
# Seconds without a packet after which all have come; nothing at all is believed later.
QUIET, PATIENCE = 0.002, 0.005
ROUTER, WIRES = sys.argv[1] + "-router", sys.argv[1] + "-wires"
libc = ctypes.CDLL(None, use_errno=True)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=30)


def enter(name):
    handle = os.open(f"/run/netns/{name}", os.O_RDONLY)
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(handle)


class Router:
    def __init__(self):
        self.wires = {}

    def close(self):
        for wire in self.wires.values():
            wire.close()
        self.wires = {}
        for name in (ROUTER, WIRES):
            run("ip", "netns", "del", name)

    def setup(self, commands):
        self.close()
        for name in (ROUTER, WIRES):
            made = run("ip", "netns", "add", name)
            if made.returncode != 0:
                raise OSError(made.stderr)
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(WIRES)
        for name in ("w1", "w2"):
            with open(f"/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as file:
                file.write("1")
        enter(ROUTER)
        for command in commands:
            done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30)
            if done.returncode != 0:
                raise OSError(f"{command}: {done.stderr}")
        enter(WIRES)
        for name in ("w1", "w2"):
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            wire.bind((name, 0))
            wire.setblocking(False)
            self.wires[name] = wire
        enter(ROUTER)
        os.close(home)

    def drain(self):
        seen = []
        while True:
            ready, _, _ = select.select(list(self.wires.values()), [], [], QUIET if seen else PATIENCE)
            if not ready:
                return seen
            for name, wire in self.wires.items():
                while True:
                    try:
                        data, (_, _, kind, _, _) = wire.recvfrom(65536)
                    except BlockingIOError:
                        break
                    if kind != PACKET_OUTGOING:
                        seen.append([name, data.hex()])

    def inject(self, wire, frame):
        self.wires[wire].send(bytes.fromhex(frame))
        seen = self.drain()
        table = run("conntrack", "-L")
        return {"seen": seen, "table": table.stdout.splitlines()}


router = Router()
try:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "setup" in asked:
                router.setup(asked["setup"])
                answer = {}
            elif "run" in asked:
                done = run(*asked["run"])
                answer = {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}
            else:
                answer = router.inject(*asked["inject"])
        except OSError as error:
            answer = {"failed": str(error)}
        print(json.dumps(answer), flush=True)
finally:
    router.close()
