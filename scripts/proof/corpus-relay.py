"""Every message of a corpus through the relay, smtplib before it and aiosmtpd behind it: what arrives is what `signet stamp`
makes, apart from Signet's own Received field and X-Signet-Id. Those that the relay refuses are exactly those with a bare CR,
a bare LF or a NUL in the header.

usage: corpus-relay.py CORPUS_FOLDER
"""

import email
import email.policy
import email.utils
import json
import os
import re
import smtplib
import subprocess
import sys

from stage import BUNDLE, NODE, TOKEN, Hop, Relay, build, folder, say

HTML = '<table><tr><td><b>Ada Lovelace</b></td></tr><tr><td>Contoso Ltd</td></tr></table>'
TEXT = "-- \nAda Lovelace\nContoso Ltd\n"
SHAKY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


def messages(corpus):
    for path, _, names in sorted(os.walk(corpus)):
        for name in sorted(names):
            if not name.endswith(".eml"):
                continue
            with open(os.path.join(path, name), "rb") as file:
                data = file.read()
            yield os.path.relpath(os.path.join(path, name), corpus), data if b"\r" in data else data.replace(b"\n", b"\r\n")


def is_refused(data):
    """In the header, which ends at the first empty line: CRLF CRLF and nothing else (RFC 5322 2.1)."""
    head, empty, _ = data.partition(b"\r\n\r\n")
    return not data.startswith(b"\r\n") and SHAKY.search(head + empty) is not None


def null_sender(data):
    """An old Return-Path stands for the envelope where `signet stamp` has none; here there is one, so it says the same."""
    return re.search(rb"(?im)^return-path:[ \t]*<[ \t]*>", data.split(b"\r\n\r\n")[0]) is not None


def domains_of(bodies):
    found = set()
    for data in bodies:
        value = str(email.message_from_bytes(data).get("From", ""))
        _, address = email.utils.parseaddr(value)
        domain = address.rpartition("@")[2].lower()
        if re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", domain):
            found.add(domain)
    return sorted(found)


def without_trace(data):
    data = re.sub(rb"(?m)^Received: from sender\.example [^\r]*\r\n(?:\t[^\r]*\r\n)*", b"", data, count=1)
    return re.sub(rb"(?m)^X-Signet-Id: [0-9a-f]+\r\n", b"", data, count=1)


def stamped(work, cases, domains):
    """What the command line makes of them, and why it left some untouched."""
    names = {}
    for index, (name, data) in enumerate(cases):
        file = os.path.join(work, f"{index:05d}.eml")
        with open(file, "wb") as opened:
            opened.write(data)
        names[file] = name
    words = ["stamp", "--html", "signature.html", "--text", "signature.txt", "--token", TOKEN, "--out", "out", "--json"]
    words += [word for domain in domains for word in ("--domain", domain)]
    ran = subprocess.run([NODE, BUNDLE, *words, *names], cwd=work, capture_output=True, check=True)
    made = {}
    for line in ran.stdout.splitlines():
        report = json.loads(line)
        with open(os.path.join(work, "out", os.path.basename(report["file"])), "rb") as opened:
            made[names[report["file"]]] = (opened.read(), report["outcome"], report["reason"])
    return made


def send(client, number, data):
    client.mail("" if null_sender(data) else "ada@contoso.com", ["BODY=8BITMIME"])
    client.rcpt(f"m{number}@partner.example")
    client.docmd("DATA")
    # Not `data()`, which changes line ends: these are the bytes of the file, with dots doubled behind CRLF.
    content = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in data.split(b"\r\n"))
    client.send(content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
    return client.getreply()


def main():
    cases = list(messages(sys.argv[1]))
    build()
    work = folder("corpus")
    for name, text in (("signature.html", HTML), ("signature.txt", TEXT)):
        with open(os.path.join(work, name), "w") as file:
            file.write(text)
    os.mkdir(os.path.join(work, "kept"))
    domains = domains_of(data for _, data in cases)
    wanted = stamped(work, cases, domains)
    hop = Hop("--keep", os.path.join(work, "kept")).start()
    relay = Relay(hop.port)
    relay.write_bundle(f"""version: 1
tenants:
  - name: contoso
    domains: {json.dumps(domains)}
    peers: [127.0.0.1]
    nextHop: {{host: 127.0.0.1, port: {hop.port}, tls: 'off'}}
    token: {TOKEN}
    preferences: {{unknownSenders: from-message}}
    signatures: [{{name: All, htmlFile: {work}/signature.html, textFile: {work}/signature.txt}}]
    rules: [{{name: All, signatures: [All]}}]
""")
    relay.start()
    wrong, counts = [], {"stamped": 0, "untouched": 0, "refused": 0}
    client = None
    for number, (name, data) in enumerate(cases):
        if client is None or number % 40 == 0:
            client = smtplib.SMTP("127.0.0.1", relay.port, local_hostname="sender.example", timeout=60)
            client.ehlo()
        code, text = send(client, number, data)
        made, outcome, reason = wanted[name]
        # The command line has the same name for lines that are no header field; those pass.
        if is_refused(data) and reason != "unsafe-header":
            wrong.append(f"{name}: the command line says {outcome}, {reason}")
        if is_refused(data):
            counts["refused"] += 1
            if (code, text) != (550, b"5.6.0 Bare CR, bare LF or NUL in the header"):
                wrong.append(f"{name}: not refused but {code} {text}")
            continue
        if code != 250:
            wrong.append(f"{name}: {code} {text}")
            continue
        counts[outcome] += 1
        with open(os.path.join(work, "kept", f"m{number}@partner.example"), "rb") as file:
            got = file.read()
        # A message that does not end in CRLF cannot be sent as such: DATA ends every line.
        if without_trace(got) not in (without_trace(made), without_trace(made) + b"\r\n"):
            wrong.append(f"{name}: {len(got)} bytes arrived, {len(made)} were made, {outcome}, {reason}")
    client.quit()
    relay.stop()
    hop.kill()
    say(f"corpus through the relay: {len(cases)} messages, {counts}, {len(wrong)} differences")
    for line in wrong[:20]:
        say(f"  {line}")
    sys.exit(1 if wrong or not cases else 0)


main()
