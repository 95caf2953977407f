"""What a machine does to a relay under load: a full disk, a read-only one, processes that stand still, no descriptors, no DNS, a
clock that jumps, a next hop that dies. Each time nothing acknowledged is missing, nothing is lost, nothing comes twice unless
a reply was lost, the process lives on, and its descriptors, memory budget and connections return.

usage: faults-of-the-machine.py [NAME ...]   Needs root (mount namespaces) and Debian's faketime; what it lacks is said.
"""

import glob
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time

from stage import Hop, Relay, Senders, build, content_at_rest, folder, judge, say, wait_until

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
TMPFS = ("unshare", "-m", "bash", "-c", 'mount -t tmpfs -o size=1m none "$0" && exec "$@"')


class Scene:
    """A relay and a next hop with senders at work; `close` judges."""

    def __init__(self, name, *, hop_options=(), senders=10, prepare=lambda pid: None, **relay):
        self.name = name
        self.hop = Hop(*hop_options).start()
        hop_name = relay.pop("hop_name", None)
        relay["extra_tenants"] = relay.get("extra_tenants", "").replace("HOP_PORT", str(self.hop.port))
        if hop_name:
            relay["hop"] = f"{{host: {hop_name}, port: {self.hop.port}, tls: 'off'}}"
        self.relay = Relay(self.hop.port, **relay).start()
        self.pid = self.relay.process.pid
        prepare(self.pid)
        self.senders = Senders(self.relay.port, senders).start()
        self.wrong = []
        # Far enough for the first long message, which starts the threads.
        self.progress("at first", 45)
        self.before = self.relay.descriptors(self.hop.port)

    def expect(self, holds, what):
        if not holds:
            self.wrong.append(what)

    def progress(self, when, count=20):
        """Waits until more messages are acknowledged."""
        wanted = self.senders.acknowledged() + count
        wait_until(lambda: self.senders.acknowledged() >= wanted, 120, f"{self.name}: no progress {when}")

    def acknowledged_during(self, seconds):
        before = self.senders.acknowledged()
        time.sleep(seconds)
        return self.senders.acknowledged() - before

    def close(self, is_reply_of_hop_lost=False):
        self.senders.finish()
        self.relay.idle()
        wrong = [*self.wrong, *judge(self.name, self.senders.told, self.hop.entries(), is_reply_of_hop_lost)]
        alive = self.relay.is_alive() and self.relay.process.pid == self.pid
        after = self.relay.descriptors(self.hop.port)
        if not alive:
            wrong.append("the process did not live on")
        if after > self.before:
            wrong.append(f"{self.before} descriptors became {after}")
        self.relay.stop()
        self.hop.kill()
        wrong += [f"content at rest: {file}" for file in content_at_rest(self.relay.folder)]
        for line in self.wrong:
            say(f"  {line}")
        return wrong


def inside(pid, *words):
    """Runs a command in the mount namespace of a process."""
    subprocess.run(["nsenter", "-t", str(pid), "-m", *words], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def tmpfs_scene(name, data, **more):
    return Scene(name, hop_options=("--defer-dot", "0.15"), wrapper=(*TMPFS, data), data=data, **more)


def full_disk():
    data = folder("data")
    filler = "/proc/{}/root" + data + "/filler"
    # Before the first message: the last page of a ledger that is there already would have room for some entries.
    scene = tmpfs_scene("full disk", data, prepare=lambda pid: fill(filler.format(pid)))
    scene.progress("with a full disk", 100)
    scene.expect("SIGNET_LEDGER_UNWRITABLE" in scene.relay.log(), "nobody was told of the full disk")
    os.remove(filler.format(scene.pid))
    scene.progress("with room again")
    return scene.close()


def read_only():
    data = folder("data")
    scene = tmpfs_scene("read-only data folder", data)
    inside(scene.pid, "mount", "-o", "remount,ro", data)
    scene.progress("on a read-only folder", 100)
    scene.expect("SIGNET_LEDGER_UNWRITABLE" in scene.relay.log(), "nobody was told of the read-only folder")
    inside(scene.pid, "mount", "-o", "remount,rw", data)
    scene.progress("on a writable folder")
    return scene.close()


def start_without_room():
    """A start that cannot write its data ends at once, with one sentence."""
    wrong = []
    for what, mount in (
        ("full", 'mount -t tmpfs -o size=4k none "$0" && head -c 8192 /dev/zero >"$0/filler" 2>/dev/null; exec "$@"'),
        ("read-only", 'mount -t tmpfs -o ro none "$0" && exec "$@"'),
    ):
        data = folder("data")
        relay = Relay(1, wrapper=("unshare", "-m", "bash", "-c", mount, data), data=data).launch()
        code, said = relay.process.wait(timeout=30), relay.log()
        if code != 1 or said.count("SIGNET_DATA_UNWRITABLE") != 1:
            wrong.append(f"a start with a {what} data folder ended with {code} and said {said!r}")
    say(f"start without room: ends with one sentence: {'no' if wrong else 'yes'}")
    return wrong


def relay_stands_still():
    scene = Scene("relay stopped and continued")
    for _ in range(4):
        scene.relay.process.send_signal(signal.SIGSTOP)
        time.sleep(4)
        scene.relay.process.send_signal(signal.SIGCONT)
        scene.progress("after SIGCONT")
    return scene.close()


def hop_stands_still():
    scene = Scene("next hop stopped and continued")
    for seconds in (3, 8, 3):
        scene.hop.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        scene.hop.process.send_signal(signal.SIGCONT)
        scene.progress("after SIGCONT")
    return scene.close(is_reply_of_hop_lost=True)


def hop_dies():
    scene = Scene("next hop killed and restarted")
    for _ in range(5):
        scene.hop.kill()
        time.sleep(2)
        scene.hop.start()
        scene.progress("after a restart of the next hop")
    return scene.close(is_reply_of_hop_lost=True)


def no_descriptors():
    scene = Scene("no descriptors", senders=45, wrapper=("bash", "-c", 'ulimit -n 72; exec "$@"', "bash"))
    idle = [socket.create_connection(("127.0.0.1", scene.relay.port), source_address=("127.0.0.9", 0)) for _ in range(40)]
    scene.progress("without descriptors", 100)
    used = scene.relay.descriptors()
    scene.expect(used >= 66, f"only {used} of 72 descriptors were in use: the fault was not there")
    for one in idle:
        one.close()
    scene.progress("with descriptors")
    return scene.close()


def no_dns():
    hosts, resolvers = os.path.join(folder("dns"), "hosts"), os.path.join(folder("dns"), "resolv.conf")
    write(hosts, "127.0.0.1 localhost hop.proof.example\n")
    write(resolvers, "nameserver 127.0.0.77\n")
    # A resolver that hears and never answers.
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.77", 53))
    mounts = f'mount --bind {hosts} /etc/hosts && mount --bind {resolvers} /etc/resolv.conf && exec "$@"'
    scene = Scene(
        "no DNS",
        hop_name="hop.proof.example",
        wrapper=("unshare", "-m", "bash", "-c", mounts, "bash"),
        extra_tenants=NEIGHBOUR,
    )
    write(hosts, "127.0.0.1 localhost\n")
    # Connections that are open need no name.
    scene.hop.kill()
    scene.hop.start()
    time.sleep(3)
    times = [send_as_neighbour(scene.relay.port) for _ in range(5)]
    say(f"no DNS: with a resolver that hangs, the neighbour's mail took {', '.join(f'{one:.2f}' for one in times)} s")
    scene.expect(max(times) < 5, "one tenant's dead DNS holds up another's mail")
    scene.expect(scene.acknowledged_during(12) == 0, "messages were acknowledged without a next hop")
    silent.close()
    scene.expect(scene.acknowledged_during(5) == 0, "messages were acknowledged without a next hop")
    write(hosts, "127.0.0.1 localhost hop.proof.example\n")
    scene.progress("with DNS again")
    return scene.close(is_reply_of_hop_lost=True)


# Its next hop has a name as well, and one that resolves.
NEIGHBOUR = """  - name: fabrikam
    id: t_02
    domains: [fabrikam.example]
    peers: [127.0.0.0/8]
    nextHop: {host: localhost, port: HOP_PORT, tls: 'off'}
    signatures: [{name: None, text: x}]
    rules: []
"""


def send_as_neighbour(port):
    begun = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="sender.example", timeout=60) as client:
        client.sendmail("eve@fabrikam.example", ["bob@partner.example"], b"From: eve@fabrikam.example\r\n\r\nHello\r\n")
    return time.monotonic() - begun


def write(file, text):
    # In place: a mount of a file shows its inode, not its name.
    with open(file, "w") as opened:
        opened.write(text)


def clock_jumps():
    if not os.path.exists(FAKETIME):
        say(f"clock jumps: skipped, there is no {FAKETIME} (package faketime)")
        return []
    stamp = os.path.join(folder("clock"), "offset")
    write(stamp, "+0\n")
    environment = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": stamp,
        "FAKETIME_NO_CACHE": "1",
        # The monotonic clock does not jump when somebody sets the time.
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    scene = Scene("clock jumps", hop_options=("--defer-dot", "0.1"), environment=environment)
    for hours in (5, -9, 72, -72, 0):
        write(stamp, f"{hours * 3600:+d}\n")
        scene.progress(f"at {hours} hours", 40)
    days = set(re.findall(r'"time":"([0-9-]{10})', scene.relay.log()))
    scene.expect(len(days) > 2, f"the clock did not jump: {days}")
    return scene.close()


SCENES = {
    "full-disk": full_disk,
    "read-only": read_only,
    "start-without-room": start_without_room,
    "relay-stands-still": relay_stands_still,
    "hop-stands-still": hop_stands_still,
    "hop-dies": hop_dies,
    "no-descriptors": no_descriptors,
    "no-dns": no_dns,
    "clock-jumps": clock_jumps,
}


def main():
    if os.geteuid() != 0:
        say("faults of the machine: skipped, mounting needs root")
        return
    build()
    wrong = []
    for name in sys.argv[1:] or SCENES:
        wrong += [f"{name}: {line}" for line in SCENES[name]()]
    cores = glob.glob("core*")
    say(f"faults of the machine: {len(wrong)} broken promises" + "".join(f"\n  {line}" for line in [*wrong, *cores]))
    sys.exit(1 if wrong or cores else 0)


main()
