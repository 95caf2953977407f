"""A soak: so many messages of mixed size through the relay, from Postfix's smtp-source to its smtp-sink. What lives on Signet's heap
is counted after a collection, descriptors and resident memory as they are; behind the warm-up neither heap nor descriptors
grow, every message is counted as delivered, and none is left at work.

Resident memory is shown and not judged: for an hour it grows by what V8 and malloc keep of freed pages.

usage: soak.py [MESSAGES]   Needs Debian's postfix for smtp-source and smtp-sink.
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

from stage import Relay, build, free_port, running, say, wait_until

#: Share of the messages, bytes of each: mail as it is, from a line to a presentation.
SIZES = ((0.60, 2_000), (0.34, 20_000), (0.055, 200_000), (0.005, 3_000_000))
ROUND = 2_000
#: Loaded into Signet: at the signal it collects and writes what is still alive, in bytes.
PROBE = """const { isMainThread } = require('node:worker_threads');
if (isMainThread) process.on('SIGUSR2', () => {
  gc(); gc();
  const { heapUsed, external } = process.memoryUsage();
  require('node:fs').writeFileSync('alive', `${heapUsed + external}\\n`);
});
"""


def alive_mib(relay):
    file = os.path.join(relay.folder, "alive")
    relay.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: os.path.exists(file) and open(file).read().endswith("\n"), 30, "the heap's size")
    with open(file) as opened:
        alive = int(opened.read()) / 2**20
    os.remove(file)
    return alive


def delivered(relay, reason):
    with urllib.request.urlopen(f"http://127.0.0.1:{relay.http}/metrics", timeout=10) as answer:
        found = re.findall(rb'^signet_messages_total\{[^}]*outcome="delivered",reason="' + reason + rb'"[^}]*\} (\d+)', answer.read(), re.M)
    return sum(map(int, found))


def slope(samples):
    """Least squares over (messages, value): by how much the value grows for each 10,000 messages."""
    xs, ys = zip(*samples)
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    below = sum((one - x) ** 2 for one in xs)
    return 10_000 * sum((one - x) * (other - y) for one, other in samples) / below if below else 0.0


def main():
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if not shutil.which("smtp-source"):
        say("soak: skipped, smtp-source is not installed (package postfix)")
        return
    build()
    port = free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    sink = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "512"], stdout=subprocess.PIPE, cwd="/")
    running.add(sink)
    relay = Relay(port, environment={"SIGNET_LOG_LEVEL": "warn", "NODE_OPTIONS": "--expose-gc --require ./probe.cjs"})
    with open(os.path.join(relay.folder, "probe.cjs"), "w") as file:
        file.write(PROBE)
    relay.start()
    sent, samples, peak = 0, [], [0.0]
    is_over = threading.Event()

    def watch():
        while not is_over.wait(1):
            peak[0] = max(peak[0], relay.rss_mib())

    threading.Thread(target=watch, daemon=True).start()
    begun = time.monotonic()
    while sent < total:
        for share, size in SIZES:
            count = max(1, int(ROUND * share))
            words = ["smtp-source", "-s", "20", "-m", str(count), "-l", str(size), "-f", "ada@contoso.com"]
            subprocess.run([*words, "-t", "bob@partner.example", f"127.0.0.1:{relay.port}"], check=True)
            sent += count
        # At rest, so that what is measured is what stays.
        relay.idle()
        samples.append((sent, alive_mib(relay), relay.descriptors(port), relay.rss_mib()))
    took = time.monotonic() - begun
    is_over.set()
    later = samples[len(samples) // 3 :]
    memory, descriptors, resident = (slope([(one[0], one[at]) for one in later]) for at in (1, 2, 3))
    counted, stamped = delivered(relay, b'[^"]*'), delivered(relay, b"stamped")
    at = [f"{n // 1000}k: {alive:.1f} MiB alive, {rss:.0f} resident, {fds} descriptors" for n, alive, fds, rss in samples[:: max(1, len(samples) // 8)]]
    say(f"soak: {sent} messages in {took:.0f} s ({sent / took:.0f} a second), {counted} delivered, {stamped} signed, peak {peak[0]:.0f} MiB resident")
    say(f"soak: at rest: {'; '.join(at)}")
    say(f"soak: behind the first third {memory:+.2f} MiB alive, {resident:+.1f} resident, {descriptors:+.2f} descriptors for each 10,000 messages")
    wrong = []
    if counted != sent:
        wrong.append(f"{sent} were sent and {counted} counted as delivered")
    if later[-1][1] > later[0][1] + 5:
        wrong.append("what lives on the heap grows")
    if later[-1][2] > later[0][2] + 3:
        wrong.append("descriptors stay open")
    if '"level":50' in relay.log() or '"level":"error"' in relay.log():
        wrong.append(f"the log has errors: {relay.log()[-1500:]}")
    relay.stop()
    for line in wrong:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


main()
