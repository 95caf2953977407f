"""A real Postfix as the sender: smtp-source hands it mail, it relays all of it through Signet, which is killed now and then
and started again. Postfix tries again as it does; in the end every message has arrived, signed once.

usage: postfix-before.py [MESSAGES]
"""

import random
import re
import subprocess
import sys
import time

import postfix
from stage import SIGNATURES, Hop, Relay, build, folder, say


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    if not postfix.is_installed():
        say("Postfix before us: skipped, it is not installed or this is not root")
        return
    build()
    kept = folder("kept")
    hop = Hop("--keep", kept).start()
    relay = Relay(hop.port).start()
    # Its own patience, shortened from minutes to seconds.
    quick = {"minimal_backoff_time": "1s", "maximal_backoff_time": "3s", "queue_run_delay": "1s"}
    sender = postfix.Postfix(relay.port, **quick).start()
    words = ["smtp-source", "-s", "10", "-m", str(count), "-l", "6000", "-N", "-f", "ada@contoso.com"]
    source = subprocess.Popen([*words, "-t", "bob@partner.example", f"127.0.0.1:{sender.port}"])
    kills = 0
    while source.poll() is None or (sender.waiting() > 0 and kills < 12):
        time.sleep(random.uniform(0.3, 1.5))
        relay.kill()
        relay.start()
        kills += 1
    for _ in range(60):
        if sender.waiting() == 0:
            break
        sender.flush()
        time.sleep(1)
    came = {}
    wrong = []
    for entry in hop.entries():
        came[entry["to"][0]] = came.get(entry["to"][0], 0) + 1
        if entry["signatures"] != 1:
            wrong.append(f"{entry['to']} has {entry['signatures']} signatures")
    lost = len(re.findall(r"message may be sent more than once", sender.log()))
    twice = sum(times - 1 for times in came.values())
    missing = count - len(came)
    if missing:
        wrong.append(f"{missing} messages did not arrive")
    if sender.waiting():
        wrong.append(f"{sender.waiting()} messages are still in Postfix's queue")
    if twice > lost:
        wrong.append(f"{twice} came twice, though Postfix lost only {lost} replies")
    if re.search(r"status=bounced", sender.log()):
        wrong.append("Postfix bounced mail")
    say(f"Postfix before us: {count} messages, {kills} kills, {len(came)} arrived, {twice} twice, {lost} replies lost, {len(wrong)} faults")
    for line in wrong[:20]:
        say(f"  {line}")
    sender.stop()
    relay.stop()
    hop.kill()
    sys.exit(1 if wrong else 0)


main()
