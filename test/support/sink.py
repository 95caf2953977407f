"""A next hop that Signet did not write: takes every message and tells what came, as JSON lines on standard output.

The first line is {"port": N}; each message is {"from", "to", "data"}, data in base64 as received, dot-stuffing undone.
With CERT and KEY as arguments it offers STARTTLS. A recipient that starts with "refused" gets a 550.
"""

import base64
import json
import socketserver
import ssl
import sys
import threading

lock = threading.Lock()
context = None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])


def tell(value):
    with lock:
        print(json.dumps(value), flush=True)


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):
        self.say("220 sink.example ESMTP")
        secure = False
        sender, recipients = "", []
        while line := self.rfile.readline():
            command = line.strip().decode("utf-8", "replace")
            verb = command.split(" ")[0].upper()
            if verb == "EHLO":
                extra = ["250-STARTTLS"] if context and not secure else []
                for reply in ["250-sink.example", *extra, "250-8BITMIME", "250-SMTPUTF8", "250-PIPELINING", "250 SIZE 200000000"]:
                    self.say(reply)
            elif verb == "STARTTLS":
                self.say("220 go on")
                try:
                    self.request = context.wrap_socket(self.request, server_side=True)
                except OSError:
                    return
                self.rfile = self.request.makefile("rb")
                self.wfile = self.request.makefile("wb")
                secure = True
            elif verb == "MAIL":
                sender, recipients = command[command.index("<") + 1 : command.index(">")], []
                self.say("250 2.1.0 fine")
            elif verb == "RCPT":
                recipient = command[command.index("<") + 1 : command.index(">")]
                if recipient.startswith("refused"):
                    self.say("550 5.1.1 nobody of that name")
                else:
                    recipients.append(recipient)
                    self.say("250 2.1.5 fine")
            elif verb == "DATA":
                self.say("354 go on")
                data = b""
                for part in iter(self.rfile.readline, b".\r\n"):
                    if part == b"":
                        return
                    data += part[1:] if part.startswith(b".") else part
                tell({"from": sender, "to": recipients, "data": base64.b64encode(data).decode(), "tls": secure})
                self.say("250 2.0.0 taken")
            elif verb in ("RSET", "NOOP"):
                self.say("250 2.0.0 fine")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("502 5.5.1 what?")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 0), Session) as server:
    tell({"port": server.server_address[1]})
    server.serve_forever()
