"""A next hop for the proofs: aiosmtpd, which writes one line of JSON for each message into a journal before it answers.

usage: sink.py PORT JOURNAL [--defer-dot SHARE] [--defer-recipient SHARE] [--keep FOLDER]
Each line has the message's number, its recipients, how many signatures it has, and whether its body is another than was sent. With --keep the bytes of every message go into FOLDER, under its envelope's first recipient.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re

from aiosmtpd.smtp import SMTP
from stage import MARKER, SIGNATURES


class Handler:
    def __init__(self, options):
        self.options = options
        self.journal = os.open(options.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if random.random() < self.options.defer_recipient:
            return "451 4.2.1 not now"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        if random.random() < self.options.defer_dot:
            return "451 4.3.0 not now"
        data = envelope.content
        if self.options.keep:
            with open(os.path.join(self.options.keep, envelope.rcpt_tos[0]), "wb") as file:
                file.write(data)
        found = re.search(rb"(?m)^X-Proof: (\d+) ([0-9a-f]{64})\r$", data)
        number, digest = (int(found[1]), found[2].decode()) if found else (0, "")
        line = {
            "number": number,
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "bytes": len(data),
            "faults": faults_of(data, digest) if found else [],
            "signatures": data.count(SIGNATURES.get(envelope.rcpt_tos[0].split("@")[1], "no signature").encode()),
        }
        # One write of one line: a kill leaves it whole or away.
        os.write(self.journal, (json.dumps(line) + "\n").encode())
        return "250 2.0.0 taken"


def faults_of(data, digest):
    start, end = data.find(f"{MARKER} begin".encode()), data.rfind(b"\r\nend")
    body = data[start : end + 5]
    return [] if hashlib.sha256(body).hexdigest() == digest else ["its body is not what was sent"]


class Server(SMTP):
    line_length_limit = 1 << 27


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("journal")
    parser.add_argument("--defer-dot", type=float, default=0)
    parser.add_argument("--defer-recipient", type=float, default=0)
    parser.add_argument("--keep")
    options = parser.parse_args()
    handler = Handler(options)
    factory = lambda: Server(handler, hostname="sink.example", enable_SMTPUTF8=True, data_size_limit=200_000_000, decode_data=False)
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", options.port, backlog=512)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
