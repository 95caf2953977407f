"""Never an open relay: nmap's smtp-open-relay script, and swaks with many forms of sender and recipient, from a peer that is
listed and from one that is not. A stranger's mail goes nowhere; a peer's goes to the tenant's next hop, and strace sees Signet
connect to nothing else.

usage: open-relay.py   Needs Debian's nmap, swaks and strace; what it lacks is said.
"""

import os
import re
import shutil
import subprocess
import sys

from stage import Hop, Relay, build, bundle, say, wait_until

SENDERS = ["ada@contoso.com", "<>", "eve@elsewhere.example", "ada@contoso.com@elsewhere.example", "ada@[127.0.0.1]", "postmaster", "root@signet.example"]
RECIPIENTS = [
    "bob@outside.example",
    "bob%outside.example@contoso.com",
    "bob%outside.example@signet.example",
    "bob@outside.example@contoso.com",
    '"bob@outside.example"',
    '"bob@outside.example"@contoso.com',
    "@contoso.com:bob@outside.example",
    "outside.example!bob",
    "outside.example!bob@contoso.com",
    "bob@[192.0.2.1]",
    "bob@[IPv6:2001:db8::1]",
    "bob",
]


def swaks(port, address, sender, recipient):
    words = ["--server", f"127.0.0.1:{port}", "--local-interface", address, "--timeout", "20", "--helo", "stranger.example"]
    ran = subprocess.run(["swaks", *words, "--from", sender, "--to", recipient, "--body", "x"], capture_output=True, text=True)
    last = re.findall(r"<(?:-|\*\*|~\*)\s+(\d{3}) ", ran.stdout)
    return ran.returncode, last


def nmap(port):
    """What the script says, from 127.0.0.1. It tries sixteen forms and calls a server open when RCPT is accepted."""
    words = ["-p", str(port), "-Pn", "-n", "--script", "+smtp-open-relay"]
    return subprocess.run(["nmap", *words, "127.0.0.1"], capture_output=True, text=True, check=True).stdout


def start(hop, listed):
    relay = Relay(hop.port)
    relay.write_bundle(bundle(f"{{host: 127.0.0.1, port: {hop.port}, tls: 'off'}}").replace("127.0.0.0/8", listed))
    return relay.start()


def from_stranger(hop):
    relay = start(hop, listed="127.0.0.1")
    wrong = []
    for sender, recipient in FORMS:
        code, replies = swaks(relay.port, "127.0.0.2", sender, recipient)
        if code == 0 or "354" in replies:
            wrong.append(f"a stranger's {sender} for {recipient} was answered {replies}")
    relay.stop()
    relay = start(hop, listed="127.0.0.2")
    told = result_of(nmap(relay.port))
    say(f"open relay: nmap as a stranger: {told}")
    if "open relay" in told or not told:
        wrong.append(f"nmap says {told}")
    relay.stop()
    if hop.entries():
        wrong.append(f"{len(hop.entries())} messages of strangers arrived")
    return wrong


def from_peer(hop):
    relay = start(hop, listed="127.0.0.1")
    trace, file = None, os.path.join(relay.folder, "connections")
    if shutil.which("strace"):
        trace = subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=connect", "-o", file, "-p", str(relay.process.pid)])
        wait_until(lambda: os.path.exists(file), 10, "strace")
    taken = sum(swaks(relay.port, "127.0.0.1", *form)[0] == 0 for form in FORMS)
    say(f"open relay: nmap as a peer, which is content with RCPT: {result_of(nmap(relay.port))}")
    arrived = len(hop.entries())
    wrong = [] if arrived == taken else [f"{taken} messages of a peer were taken, {arrived} came to its next hop"]
    if trace:
        trace.terminate()
        trace.wait()
        with open(file) as lines:
            ports = re.findall(r"sin6?_port=htons\((\d+)\)", lines.read())
        say(f"open relay: {len(ports)} connections made by Signet, to ports {sorted(set(ports))}; the next hop's is {hop.port}")
        if set(ports) != {str(hop.port)}:
            wrong.append("Signet connected to others than the next hop")
    relay.stop()
    say(f"open relay: {len(FORMS)} forms by swaks, {taken} taken from the peer, {arrived} at its next hop")
    return wrong


def result_of(told):
    return " ".join(line.strip("|_ ") for line in told.splitlines() if line.startswith("|")).strip()


def main():
    for tool in ("nmap", "swaks"):
        if not shutil.which(tool):
            say(f"open relay: skipped, {tool} is not installed")
            return
    build()
    hop = Hop().start()
    wrong = [*from_stranger(hop), *from_peer(hop)]
    say(f"open relay: {len(wrong)} faults")
    for line in wrong:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


FORMS = [(sender, recipient) for sender in SENDERS for recipient in RECIPIENTS]
main()
