"""Smuggling: every sequence that some server takes for the end of a message, with a forged message behind it, cut into
segments at every place, through the relay into aiosmtpd, and through the relay and a real Postfix with default settings.
Exactly one message arrives each time, from the sender who sent it, with the bytes that were sent; bare line ends in the
header are refused and nothing arrives.

usage: smuggling.py
"""

import json
import os
import re
import socket
import subprocess
import sys
import time

import postfix
from stage import BUNDLE, NODE, TOKEN, Hop, Relay, build, folder, say, wait_until

FORGED = b"MAIL FROM:<forged@contoso.com>\r\nRCPT TO:<carol@partner.example>\r\nDATA\r\nSubject: forged\r\n\r\nforged\r\n"
HEAD = (
    b"From: Ada <ada@contoso.com>\r\nTo: bob@partner.example\r\nSubject: x\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <%d@contoso.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n"
)
#: A signature of nothing but dots at line starts, so that it, too, must be doubled wherever it comes to stand.
SIGNATURE = ".\r\n..\r\n. Ada\r\n.end\r\n."

SEQUENCES = {
    "LF . LF": b"\n.\n",
    "LF . CRLF": b"\n.\r\n",
    "LF . CR": b"\n.\r",
    "CR . CR": b"\r.\r",
    "CR . CRLF": b"\r.\r\n",
    "CR . LF": b"\r.\n",
    "CRLF . LF": b"\r\n.\n",
    "CRLF . CR": b"\r\n.\r",
    "CRLF . CR CR LF": b"\r\n.\r\r\n",
    "CRLF . NUL CRLF": b"\r\n.\0\r\n",
    "CRLF NUL . CRLF": b"\r\n\0.\r\n",
    "NUL CRLF . NUL LF": b"\0\r\n.\0\n",
    "CRLF . SP CRLF": b"\r\n. \r\n",
    "CRLF .. CRLF": b"\r\n..\r\n",
    "LF CR . LF CR": b"\n\r.\n\r",
    "CR CR LF . CR CR LF": b"\r\r\n.\r\r\n",
}


def cases():
    """Name, header, body: as on the wire, without the end of data; and whether the header must be refused."""
    for name, sequence in SEQUENCES.items():
        yield f"{name} in the body", HEAD, b"\r\ntext" + sequence + FORGED, False
        yield f"{name} in the header", HEAD[:-2] + sequence + FORGED, b"\r\ntext\r\n", is_shaky(HEAD[:-2] + sequence)
    yield "a first line of two dots", HEAD, b"\r\n..\r\n" + FORGED, False
    yield "no header at all, two dots first", b"", b"..\r\n" + FORGED, False
    yield "a first line that is a fold", b" folded: x\r\n" + HEAD, b"\r\ntext\r\n", False
    yield "a fold of a dot", HEAD + b"X-Fold: a\r\n ..\r\n\t.\r\n", b"\r\ntext\r\n", False
    yield "a header line of two dots", HEAD + b"..\r\n", b"\r\ntext\r\n" + FORGED, False
    for shift in range(3):
        lines = b"x" * shift + b"\r\n" + b"..\r\n" * 30_000
        yield f"dots over every piece of the output, shifted by {shift}", HEAD, b"\r\n" + lines, False


def is_shaky(data):
    return re.search(rb"\r(?!\n)|(?<!\r)\n|\0", data) is not None


def content_of(wire):
    """What the sender means by it: dots behind CRLF taken out, as RFC 5321 4.5.2 says."""
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in wire.split(b"\r\n"))


def mended(content):
    head, empty, body = content.partition(b"\r\n\r\n")
    return head + empty + re.sub(rb"\r\n|\r|\n", b"\r\n", body)


def send(port, number, wire, cut):
    """The whole transaction; DATA in two segments, cut there. Answers the reply to the dot."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        replies = client.makefile("rb")

        def reply():
            line = replies.readline()
            while line[3:4] == b"-":
                line = replies.readline()
            return line

        reply()
        for command in (b"EHLO sender.example", b"MAIL FROM:<ada@contoso.com>", b"RCPT TO:<m%d@partner.example>" % number, b"DATA"):
            client.sendall(command + b"\r\n")
            reply()
        content = wire + (b".\r\n" if wire.endswith(b"\r\n") else b"\r\n.\r\n")
        client.sendall(content[:cut])
        if 0 < cut < len(content):
            time.sleep(0.004)
        client.sendall(content[cut:])
        answer = reply()
        client.sendall(b"QUIT\r\n")
        rest = replies.read()
        return answer, rest


def cuts_of(name, header, body):
    """All around what matters: the end of the header and the sequence."""
    middle = len(header)
    if "header" in name:
        start = len(HEAD) - 3
        return [0, *range(start, start + 9)]
    return [0, *range(middle, middle + 17)] if len(body) < 1000 else [0, 65_533, 65_536]


def stamped(contents, text_file):
    work = folder("stamp")
    files = []
    for number, content in contents.items():
        files.append(os.path.join(work, str(number)))
        with open(files[-1], "wb") as file:
            file.write(content)
    words = ["stamp", "--text", text_file, "--token", TOKEN, "--domain", "contoso.com", "--out", os.path.join(work, "out")]
    subprocess.run([NODE, BUNDLE, *words, *files], check=True, capture_output=True)
    return {number: read(os.path.join(work, "out", str(number))) for number in contents}


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


def without_trace(data):
    """Neither Signet's nor Postfix's own Received field nor the random id."""
    data = re.sub(rb"(?m)^Received: [^\r]*(?:signet\.example|sender\.example)[^\r]*\r\n(?:[\t ][^\r]*\r\n)*", b"", data)
    return re.sub(rb"(?m)^X-Signet-Id: [0-9a-f]+\r\n", b"", data, count=1)


def run(name, port, kept, journal, settle):
    """Sends everything, then compares. `settle` waits until all of it has arrived."""
    wrong, contents, sent = [], {}, 0
    expected = {}
    for title, header, body, is_refused in cases():
        for cut in cuts_of(title, header, body):
            number = sent
            sent += 1
            wire = (header % number if b"%d" in header else header) + body
            answer, rest = send(port, number, wire, cut)
            wanted = b"550 5.6.0" if is_refused else b"250 2.0.0"
            if not answer.startswith(wanted) or not rest.startswith(b"221 ") or rest.count(b"\n") != 1:
                wrong.append(f"{title}, cut at {cut}: {answer!r}, then {rest!r}")
            if not is_refused:
                expected[number] = title
                content = content_of(wire)
                contents[number] = mended(content if content.endswith(b"\r\n") else content + b"\r\n")
    settle(len(expected))
    came = [json.loads(line) for line in open(journal)]
    counts = {}
    for entry in came:
        for to in entry["to"]:
            counts[(entry["from"], to)] = counts.get((entry["from"], to), 0) + 1
    made = stamped(contents, SIGNATURE_FILE)
    for number, title in expected.items():
        if counts.pop(("ada@contoso.com", f"m{number}@partner.example"), 0) != 1:
            wrong.append(f"{title}: message {number} did not arrive exactly once")
            continue
        got = without_trace(read(os.path.join(kept, f"m{number}@partner.example")))
        # Before a line that is no header field Postfix puts an empty one, and above it the fields that are then missing.
        same = without_additions if "Postfix" in name and is_odd(title) else bytes
        if same(got) != same(without_trace(made[number])):
            wrong.append(f"{title}: message {number} arrived with other bytes")
    wrong += [f"{who} got mail from {sender}, {times} times" for (sender, who), times in counts.items()]
    say(f"smuggling, {name}: {sent} messages of {sum(1 for _ in cases())} kinds, {len(expected)} to arrive, {len(came)} arrived, {len(wrong)} faults")
    return [f"{name}: {line}" for line in wrong]


def is_odd(title):
    return not title.startswith("a fold of") and ("header" in title or "fold" in title)


def without_additions(data):
    added = rb"(?:Message-Id: <[^>]*@postfix\.example>\r\n)?(?:Date: [^\r]* \(UTC\)\r\n)?(?:From: ada@contoso\.com\r\n)?"
    return re.sub(rb"(?:\r\n)+", b"\r\n", re.sub(added, b"", data)).lstrip(b"\r\n")


def control(port, journal, settle):
    """The one true end of data: behind it the forged commands are commands. Without this the proof could not fail."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        text = b"EHLO x\r\nMAIL FROM:<ada@contoso.com>\r\nRCPT TO:<control@partner.example>\r\nDATA\r\n" + HEAD % 1 + b"\r\ntext\r\n.\r\n"
        client.sendall(text + FORGED + b".\r\nQUIT\r\n")
        while client.recv(65536):
            pass
    settle(2)
    came = [json.loads(line)["to"][0] for line in open(journal)]
    return [] if sorted(came) == ["carol@partner.example", "control@partner.example"] else [f"the control brought {came}"]


def through(name, between):
    """Relay, then what stands between it and aiosmtpd."""
    kept = folder("kept")
    hop = Hop("--keep", kept).start()
    peer = between(hop.port)
    relay = Relay(peer.port if peer else hop.port)
    text = read(os.path.join(relay.folder, "bundle.yaml")).decode()
    relay.write_bundle(re.sub(r"(?s)    signatures:.*", f"    signatures: [{{name: Dots, textFile: {SIGNATURE_FILE}}}]\n    rules: [{{name: Dots, signatures: [Dots]}}]\n", text))
    relay.start()

    def settle(count):
        if peer:
            peer.empty(120)
        wait_until(lambda: len(hop.entries()) >= count, 20, f"{count} messages to arrive, {len(hop.entries())} came")

    wrong = control(relay.port, hop.journal, settle)
    os.remove(hop.journal)
    hop.kill()
    hop.start()
    wrong += run(name, relay.port, kept, hop.journal, settle)
    relay.stop()
    if peer:
        peer.stop()
    hop.kill()
    return wrong


def main():
    build()
    with open(SIGNATURE_FILE, "w", newline="") as file:
        file.write(SIGNATURE)
    wrong = through("aiosmtpd behind us", lambda port: None)
    if postfix.is_installed():
        wrong += through("Postfix behind us", lambda port: postfix.Postfix(port).start())
    else:
        say("smuggling: Postfix skipped, it is not installed or this is not root")
    for line in wrong[:30]:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


SIGNATURE_FILE = os.path.join(folder("signature"), "signature.txt")
main()
