"""Clients as nobody wants them: two thousand connections held at once, ancient TLS handshakes by openssl, half a handshake,
garbage. The process lives on, honest mail goes through meanwhile, memory budget and descriptors return.

usage: bad-clients.py   Needs openssl.
"""

import os
import socket
import subprocess
import sys
import time

from stage import Hop, Relay, Senders, build, folder, judge, say, wait_until


def certificate():
    place = folder("certificate")
    key, pem = os.path.join(place, "key"), os.path.join(place, "pem")
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", *words, "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


def handshake(port, *words):
    """The protocol that openssl agreed on with the relay, or None."""
    command = ["openssl", "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{port}", "-brief", *words]
    ran = subprocess.run(command, input=b"QUIT\r\n", capture_output=True, timeout=30)
    for line in ran.stderr.decode(errors="replace").splitlines():
        if line.startswith("Protocol version: "):
            return line.removeprefix("Protocol version: ")
    return None


def begin_tls(port, then, address="127.0.0.3"):
    client = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(address, 0))
    client.recv(1000)
    client.sendall(b"EHLO bad.example\r\n")
    client.recv(4000)
    client.sendall(b"STARTTLS\r\n")
    client.recv(1000)
    client.sendall(then)
    return client


def crowd(port):
    """Two thousand from forty addresses, all held at once: how many are greeted, and how many told to come later."""
    held, greeted, refused = [], 0, 0
    for number in range(2_000):
        held.append(socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(f"127.0.1.{1 + number % 40}", 0)))
    for client in held:
        said = client.recv(1000)
        greeted += said.startswith(b"220 ")
        refused += said.startswith(b"421 4.3.2 ")
    return held, greeted, refused


def main():
    build()
    pem, key = certificate()
    hop = Hop().start()
    relay = Relay(hop.port, environment={"SIGNET_TLS_CERT": pem, "SIGNET_TLS_KEY": key}).start()
    pid = relay.process.pid
    senders = Senders(relay.port, 5).start()
    wait_until(lambda: senders.acknowledged() >= 45, 60, "the first messages")
    before = relay.descriptors(hop.port)
    wrong = []

    agreed = {words: handshake(relay.port, *words.split()) for words in ("-tls1_3", "-tls1_2", "-tls1_1 -cipher ALL:@SECLEVEL=0", "-tls1 -cipher ALL:@SECLEVEL=0", "-tls1_2 -cipher NULL:@SECLEVEL=0")}
    say(f"bad clients: openssl agreed on {agreed}")
    if list(agreed.values()) != ["TLSv1.3", "TLSv1.2", None, None, None]:
        wrong.append(f"TLS: {agreed}")

    for thing in (os.urandom(4_000), b"\x16\x03\x01\xff\xff" + b"A" * 3_000, b"\x80\x2e\x01\x00\x02" + b"\0" * 60, b"QUIT\r\n" * 50, b"\x16\x03\x01"):
        for _ in range(20):
            begin_tls(relay.port, thing).close()
    half = [begin_tls(relay.port, b"\x16\x03\x01\x02\x00\x01\x00", f"127.0.0.{4 + n % 3}") for n in range(60)]
    begun = time.monotonic()
    for client in half:
        client.settimeout(60)
        try:
            while client.recv(1000):
                pass
        except OSError as error:
            if isinstance(error, TimeoutError):
                wrong.append("half a handshake is borne for ever")
    say(f"bad clients: 60 half handshakes were ended after {time.monotonic() - begun:.0f} s")

    held, greeted, refused = crowd(relay.port)
    say(f"bad clients: 2000 connections held at once: {greeted} greeted, {refused} told to come later")
    if greeted + refused != 2_000 or greeted > 200:
        wrong.append("the crowd was not told what it should be")
    for client in held:
        client.close()

    senders.finish()
    relay.idle()
    wrong += judge("bad clients: honest mail meanwhile", senders.told, hop.entries())
    after = relay.descriptors(hop.port)
    if not relay.is_alive() or relay.process.pid != pid:
        wrong.append("the process did not live on")
    if after > before:
        wrong.append(f"{before} descriptors became {after}")
    relay.stop()
    hop.kill()
    say(f"bad clients: {len(wrong)} faults")
    for line in wrong:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


main()
