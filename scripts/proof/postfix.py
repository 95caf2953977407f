"""A Postfix of the proof's own beside that of the machine, if any: default settings but for places and ports. Needs root."""

import atexit
import os
import shutil
import subprocess
import time

from stage import folder, free_port, wait_until

MASTER = """{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def is_installed():
    return os.geteuid() == 0 and shutil.which("postfix") is not None


class Postfix:
    """Takes mail from this machine and sends all of it to one port of it."""

    def __init__(self, next_port, **settings):
        place = folder("postfix")
        # Postfix drops root and must still get there.
        os.chmod(os.path.dirname(place), 0o755)
        os.chmod(place, 0o755)
        self.config, self.queue, data = (os.path.join(place, name) for name in ("etc", "queue", "data"))
        for one in (self.config, self.queue, data):
            os.mkdir(one)
        shutil.chown(data, "postfix")
        self.port = free_port()
        self.log_file = os.path.join(data, "log")
        main = {
            "compatibility_level": "3.6",
            "queue_directory": self.queue,
            "data_directory": data,
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "mail_owner": "postfix",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8",
            "myhostname": "postfix.example",
            "mydestination": "",
            "relayhost": f"[127.0.0.1]:{next_port}",
            "maillog_file": self.log_file,
            "maillog_file_prefixes": data,
            **settings,
        }
        with open(os.path.join(self.config, "main.cf"), "w") as file:
            file.writelines(f"{name} = {value}\n" for name, value in main.items())
        with open(os.path.join(self.config, "master.cf"), "w") as file:
            file.write(MASTER.format(port=self.port))

    def start(self):
        subprocess.run(["postfix", "-c", self.config, "start"], check=True, capture_output=True)
        atexit.register(self.stop)
        time.sleep(1)
        return self

    def stop(self):
        atexit.unregister(self.stop)
        subprocess.run(["postfix", "-c", self.config, "stop"], capture_output=True)

    def flush(self):
        subprocess.run(["postqueue", "-c", self.config, "-f"], check=True, capture_output=True)

    def waiting(self):
        """Messages that have not gone on."""
        return sum(
            len(names)
            for part in ("incoming", "active", "deferred", "maildrop", "hold")
            for _, _, names in os.walk(os.path.join(self.queue, part))
        )

    def empty(self, seconds):
        wait_until(lambda: self.waiting() == 0, seconds, "Postfix's queue does not empty")

    def log(self):
        with open(self.log_file, errors="replace") as file:
            return file.read()
