"""`kill -9` of the relay every 50 to 500 ms under load, for so many seconds: nothing that was acknowledged is missing, nothing
is lost, nothing came twice unless its reply was lost, no content stays on the disk, and the last one breathes calmly.

usage: kill.py [SECONDS]
"""

import os
import random
import sys
import time

from stage import Hop, Relay, Senders, build, content_at_rest, judge, say


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    build()
    # Some dots and recipients are put off, so that the ledger has work as well.
    hop = Hop("--defer-dot", "0.03", "--defer-recipient", "0.02").start()
    relay = Relay(hop.port)
    senders = Senders(relay.port).start()
    begun, kills, in_start = time.monotonic(), 0, 0
    while time.monotonic() - begun < seconds:
        if random.random() < 0.15:
            # Somewhere between exec and the first message, where the data folder is made.
            relay.launch()
            time.sleep(random.uniform(0.05, 0.5))
            in_start += 1
        else:
            relay.start()
            time.sleep(random.uniform(0.05, 0.5))
        relay.kill()
        kills += 1
    took = time.monotonic() - begun
    relay.start()
    senders.finish()
    relay.idle()
    settled = relay.rss_mib(), relay.descriptors()
    say(f"kill -9: {kills} times in {took:.0f} s, {in_start} of them anywhere in the start")
    wrong = judge("kill -9", senders.told, hop.entries())
    more = Senders(relay.port, first=1_000_001).start()
    time.sleep(min(10, seconds))
    more.finish()
    relay.idle()
    after = relay.rss_mib(), relay.descriptors()
    say(f"kill -9: the last process at rest: {settled[0]:.0f} MiB and {settled[1]} descriptors, after more load {after[0]:.0f} and {after[1]}")
    if after[1] > settled[1] + 25:
        wrong.append("descriptors stay open")
    relay.stop()
    wrong += [f"content at rest: {file}" for file in content_at_rest(relay.folder)]
    say(f"kill -9: {len(os.listdir(relay.data))} files in the data folder, {len(wrong)} broken promises")
    for line in wrong[:20]:
        say(f"  {line}")
    sys.exit(1 if wrong else 0)


main()
