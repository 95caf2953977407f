"""Sends messages with Python's smtplib: one JSON line on standard input each, one JSON line with the reply on standard output.

{"port", "from", "to", "data": base64, "tls": bool, "user", "password"} -> {"code", "text"}, the last reply of the server.
"""

import base64
import json
import smtplib
import ssl
import sys

for line in sys.stdin:
    job = json.loads(line)
    try:
        with smtplib.SMTP("127.0.0.1", job["port"], local_hostname="sender.example", timeout=60) as client:
            client.ehlo()
            if job.get("tls"):
                context = ssl.create_default_context(cafile=job["tls"])
                client._host = "localhost"
                client.starttls(context=context)
                client.ehlo()
            if job.get("user"):
                client.login(job["user"], job["password"])
            code, text = client.mail(job["from"])
            for recipient in job["to"] if code == 250 else []:
                code, text = client.rcpt(recipient)
                if code != 250:
                    break
            if code == 250:
                # Not `data()`: it would change line ends. These are the bytes of the file, dot-stuffed.
                code, text = client.docmd("DATA")
                content = base64.b64decode(job["data"])
                stuffed = b"\r\n".join(b"." + part if part.startswith(b".") else part for part in content.split(b"\r\n"))
                client.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
                code, text = client.getreply()
        reply = {"code": code, "text": text.decode("utf-8", "replace")}
    except smtplib.SMTPResponseException as error:
        reply = {"code": error.smtp_code, "text": str(error.smtp_error)}
    print(json.dumps(reply), flush=True)
