"""The stage of the proofs under faults: Signet's bundled program as a process of its own, a next hop in aiosmtpd, and
senders in smtplib that behave as Exchange Online does: whatever is not acknowledged is tried again, for ever.

Messages are numbered. The sender's record says what it was told of each, the next hop's journal what came. `judge`
compares them: what was acknowledged was delivered, nothing is lost, and nothing came twice unless a reply was lost.
Runs on Debian's own python3, for which aiosmtpd is packaged as python3-aiosmtpd.
"""

import atexit
import collections
import hashlib
import json
import os
import random
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NODE = os.path.realpath(os.path.join(ROOT, "node_modules/.bin/node"))
BUNDLE = os.path.join(ROOT, "build/signet.cjs")
#: How production runs it.
ASKED = "import('./scripts/build.mjs').then(({ running }) => console.log(JSON.stringify(running)))"
RUNNING = json.loads(subprocess.run([NODE, "-e", ASKED], cwd=ROOT, check=True, capture_output=True).stdout)
TOKEN = "00112233445566778899aabbccddeeff"
#: Every so many messages one is long enough to be signed in a thread.
LONG_EVERY = 40
MARKER = "never-at-rest-7f3a"
SIGNATURES = {"contoso.com": "Kind regards from the inside", "partner.example": "Kind regards from Contoso"}
SCRATCH = tempfile.mkdtemp(prefix="signet-proof-")
#: What was started, so that nothing runs on when a proof fails.
running = set()


def folder(name):
    """A folder that goes when the proof is over."""
    return tempfile.mkdtemp(prefix=f"{name}-", dir=SCRATCH)


@atexit.register
def tidy():
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(SCRATCH, ignore_errors=True)


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()
    running.discard(process)


def build():
    """The bundle, made anew: what is proven is what stands in the checkout."""
    subprocess.run([NODE, os.path.join(ROOT, "scripts/build.mjs")], check=True, cwd=ROOT)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def say(text):
    print(text, flush=True)


def wait_until(holds, seconds, what):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds} s in vain: {what}")
        time.sleep(0.05)


def bundle(hop, extra_tenants=""):
    return f"""version: 1
tenants:
  - name: contoso
    id: t_01
    domains: [contoso.com]
    peers: [127.0.0.0/8]
    nextHop: {hop}
    token: {TOKEN}
    delivery: per-recipient
    preferences: {{unknownSenders: from-message}}
    signatures:
      - {{name: Outside, html: "<p>{SIGNATURES['partner.example']}</p>", text: "{SIGNATURES['partner.example']}"}}
      - {{name: Inside, html: "<p>{SIGNATURES['contoso.com']}</p>", text: "{SIGNATURES['contoso.com']}"}}
    rules:
      - {{name: Outside, recipients: external, signatures: [Outside]}}
      - {{name: Inside, recipients: internal, signatures: [Inside]}}
{extra_tenants}"""


class Relay:
    """Signet on a fixed port, in a folder of its own, started and ended as often as one likes.

    `wrapper` stands before the command and ends in `exec`, so that the process id is Signet's own.
    """

    def __init__(self, hop_port, *, hop=None, wrapper=(), environment=None, extra_tenants="", data=None):
        self.folder = folder("relay")
        self.data = data or os.path.join(self.folder, "data")
        self.port, self.http = free_port(), free_port()
        self.wrapper = list(wrapper)
        self.log_file = os.path.join(self.folder, "log")
        self.environment = {
            "SIGNET_BUNDLE": "bundle.yaml",
            "SIGNET_DATA": self.data,
            "SIGNET_SMTP_LISTEN": f"127.0.0.1:{self.port}",
            "SIGNET_HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "SIGNET_HOSTNAME": "signet.example",
            **(environment or {}),
        }
        self.write_bundle(bundle(hop or f"{{host: 127.0.0.1, port: {hop_port}, tls: 'off'}}", extra_tenants))
        self.process = None

    def write_bundle(self, text):
        with open(os.path.join(self.folder, "bundle.yaml"), "w") as file:
            file.write(text)

    def launch(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, NODE, *RUNNING["flags"], BUNDLE, "serve"],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **RUNNING["environment"], **self.environment},
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        running.add(self.process)
        return self

    def start(self):
        """Waits for the one line on standard output."""
        self.launch()
        line = self.process.stdout.readline()
        if b"relays mail on" not in line:
            raise SystemExit(f"Signet did not start: {line!r} {self.log()[-2000:]}")
        return self

    def kill(self):
        end(self.process)

    def stop(self):
        """Leaves as asked to; the exit code is 0 or the proof has failed."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=330)
        self.process.stdout.close()
        running.discard(self.process)
        if code != 0:
            raise SystemExit(f"Signet ended with {code}: {self.log()[-2000:]}")

    def is_alive(self):
        return self.process.poll() is None

    def log(self):
        with open(self.log_file, errors="replace") as file:
            return file.read()

    def health(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/healthz", timeout=10) as answer:
            return json.load(answer)["relay"]

    def rss_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def descriptors(self, but_port=None):
        """How many, without those of connections to a port: idle ones to the next hop are kept for half a minute."""
        folder = f"/proc/{self.process.pid}/fd"
        kept = sockets_to(but_port) if but_port else set()
        links = [link for one in os.listdir(folder) if (link := link_of(f"{folder}/{one}"))]
        return sum(link not in kept for link in links)

    def idle(self, seconds=60):
        """Waits until nothing is at work and no connection is open, to either side."""

        def nothing_at_work():
            state = self.health()
            return state["connections"] == 0 and state["inWork"] == 0 and state["budget"]["reserved"] == 0

        wait_until(nothing_at_work, seconds, "messages or connections stay open")


def link_of(descriptor):
    try:
        return os.readlink(descriptor)
    except FileNotFoundError:
        return None


def sockets_to(port):
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return {f"socket:[{row[9]}]" for row in rows if int(row[2].split(":")[1], 16) == port}


class Hop:
    """The next hop: scripts/proof/sink.py on a fixed port; it may be killed and started again."""

    def __init__(self, *options):
        self.folder = folder("hop")
        self.journal = os.path.join(self.folder, "journal")
        self.port = free_port()
        self.options = options
        self.process = None

    def start(self):
        words = [sys.executable, os.path.join(ROOT, "scripts/proof/sink.py"), str(self.port), self.journal]
        self.process = subprocess.Popen([*words, *self.options], stdout=subprocess.PIPE)
        running.add(self.process)
        if self.process.stdout.readline() != b"ready\n":
            raise SystemExit("the next hop did not start")
        return self

    def kill(self):
        end(self.process)

    def entries(self):
        if not os.path.exists(self.journal):
            return []
        with open(self.journal) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]


def make_message(number):
    """A letter, mostly of some KB, and who gets it: every third has recipients inside and outside, so two variants."""
    dice = random.Random(number)
    size = 400_000 if number % LONG_EVERY == 0 else dice.randint(300, 20_000)
    words = [dice.choice(("lorem", "ipsum", "dolor", ".sit", "amet,", "sed")) for _ in range(size // 6)]
    lines = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    body = f"{MARKER} begin\r\n" + "\r\n".join(lines) + "\r\nend"
    digest = hashlib.sha256(body.encode()).hexdigest()
    kind = "html" if number % 2 else "plain"
    text = f"<html><body><pre>{body}</pre></body></html>" if kind == "html" else body
    recipients = [f"n{number}@partner.example"]
    if number % 3 == 0:
        recipients.append(f"n{number}@contoso.com")
    head = (
        f"From: Ada <ada@contoso.com>\r\nTo: {', '.join(recipients)}\r\nSubject: {MARKER} {number}\r\n"
        f"Message-ID: <{number}@contoso.com>\r\nX-Proof: {number} {digest}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/{kind}; charset=us-ascii\r\n\r\n"
    )
    return recipients, (head + text + "\r\n").encode()


class Told:
    """What a sender was told of one message."""

    def __init__(self):
        self.is_acknowledged = False
        self.refusal = None
        #: The connection ended behind the final dot: the message may have been taken.
        self.lost_behind_dot = 0
        self.lost_before_dot = 0
        self.put_off = collections.Counter()


class Senders:
    """So many senders at once, a new number each time; a message is tried until it is acknowledged."""

    def __init__(self, port, count=20, pause=(0.05, 0.4), timeout=120, first=1, address="127.0.0.1"):
        self.port, self.pause, self.timeout, self.address = port, pause, timeout, address
        self.told = {}
        self.next = first
        self.lock = threading.Lock()
        self.is_over = False
        self.is_given_up = False
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(count)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def finish(self, seconds=180):
        """No new messages; those that were begun are tried until they are acknowledged."""
        self.is_over = True
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.is_given_up = True
        for thread in self.threads:
            thread.join(self.timeout)

    def acknowledged(self):
        return sum(told.is_acknowledged for told in list(self.told.values()))

    def take_number(self):
        with self.lock:
            number = self.next
            self.next += 1
            self.told[number] = Told()
            return number

    def work(self):
        client = None
        carried = 0
        while not self.is_over:
            number = self.take_number()
            recipients, data = make_message(number)
            while not self.is_given_up:
                # As Exchange Online does: several messages over one connection, and a new one now and then.
                if client is None or carried >= 5:
                    leave(client)
                    client, carried = self.connect(), 0
                carried += 1
                done, client = self.attempt(client, self.told[number], recipients, data)
                if done:
                    break
                time.sleep(random.uniform(*self.pause))
        leave(client)

    def connect(self):
        try:
            client = smtplib.SMTP(timeout=self.timeout, local_hostname="sender.example", source_address=(self.address, 0))
            code, _ = client.connect("127.0.0.1", self.port)
            if code == 220 and client.ehlo()[0] == 250:
                return client
            client.close()
        except (OSError, smtplib.SMTPException):
            pass
        return None

    def attempt(self, client, told, recipients, data):
        """Whether the message is done with, and the connection if it is still good."""
        is_behind_dot = False
        if client is None:
            told.lost_before_dot += 1
            return False, None
        try:
            reply = client.mail("ada@contoso.com")
            for recipient in recipients:
                if reply[0] == 250:
                    reply = client.rcpt(recipient)
            if reply[0] == 250:
                reply = client.docmd("DATA")
            if reply[0] == 354:
                content = re.sub(rb"(?m)^\.", b"..", data)
                client.send(content)
                is_behind_dot = True
                client.send(b".\r\n")
                reply = client.getreply()
        except (OSError, smtplib.SMTPException):
            told.lost_behind_dot += is_behind_dot
            told.lost_before_dot += not is_behind_dot
            client.close()
            return False, None
        code, text = reply
        if code == 250:
            told.is_acknowledged = True
            return True, client
        if code >= 500:
            told.refusal = f"{code} {text.decode(errors='replace')}"
            return True, client
        told.put_off[f"{code} {text.decode(errors='replace')}"] += 1
        if code == 421:
            client.close()
            return False, None
        try:
            client.rset()
        except (OSError, smtplib.SMTPException):
            client.close()
            return False, None
        return False, client


def leave(client):
    if client is None:
        return
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def judge(name, told, entries, is_reply_of_hop_lost=False):
    """Answers what is wrong, and prints one line of figures.

    `is_reply_of_hop_lost`: the next hop was killed or stopped, so that a message it took may have been put off.
    """
    came = collections.Counter((entry["number"], to) for entry in entries for to in entry["to"] if entry["number"])
    wrong = [f"message {entry['number']}: {fault}" for entry in entries for fault in entry["faults"]]
    twice = unsigned = 0
    for entry in (entry for entry in entries if entry["number"] in told):
        # Long work has a deadline; what is late passes untouched, and that may happen when a machine is in trouble.
        is_long = entry["number"] % LONG_EVERY == 0
        unsigned += entry["signatures"] == 0
        if entry["signatures"] > 1 or (entry["signatures"] == 0 and not is_long):
            wrong.append(f"message {entry['number']} has {entry['signatures']} signatures")
    for number, one in told.items():
        if one.refusal:
            wrong.append(f"message {number} was refused: {one.refusal}")
        if not one.is_acknowledged and not one.refusal:
            wrong.append(f"message {number} was never acknowledged: {dict(one.put_off)}")
        for to in make_recipients(number):
            times = came.pop((number, to), 0)
            if one.is_acknowledged and times == 0:
                wrong.append(f"message {number} for {to} was acknowledged and is lost")
            twice += max(0, times - 1)
            allowed = 1 + one.lost_behind_dot + (sum(one.put_off.values()) if is_reply_of_hop_lost else 0)
            if times > allowed:
                wrong.append(f"message {number} for {to} came {times} times, {one.lost_behind_dot} replies were lost")
    wrong += [f"message {number} for {to} came from nowhere" for number, to in came]
    put_off = sum((one.put_off for one in told.values()), collections.Counter())
    say(
        f"{name}: {len(told)} messages, {sum(one.is_acknowledged for one in told.values())} acknowledged, "
        f"{len(entries)} deliveries, {twice} twice (all behind a lost reply: {'yes' if not wrong else 'see below'}), {unsigned} unsigned; "
        f"{sum(one.lost_behind_dot for one in told.values())} replies lost, "
        f"{sum(one.lost_before_dot for one in told.values())} connections lost or refused before the dot, put off: {dict(put_off) or 'none'}"
    )
    return wrong


def make_recipients(number):
    return [f"n{number}@partner.example"] + ([f"n{number}@contoso.com"] if number % 3 == 0 else [])


def content_at_rest(*folders):
    """Files in which the marker of the messages' content stands; core files count as such."""
    found = []
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                file = os.path.join(path, name)
                with open(file, "rb") as opened:
                    if name.startswith("core") or MARKER.encode() in opened.read():
                        found.append(file)
    return found
