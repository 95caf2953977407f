"""Reads messages from standard input, each behind its length (4 bytes, big-endian), with Python's `email`.

Prints for each one line of JSON: the tree of media types and every leaf with the hash of its decoded bytes, text as text.
"""
import email
import hashlib
import json
import sys


def tree(part):
    if is_group(part):
        return "%s(%s)" % (part.get_content_type(), ",".join(tree(child) for child in part.get_payload()))
    return part.get_content_type()


def is_group(part):
    return part.is_multipart() and part.get_content_maintype() != "message"


def leaves(part):
    if not is_group(part):
        yield leaf(part)
        return
    for child in part.get_payload():
        yield from leaves(child)


def leaf(part):
    found = {"type": part.get_content_type(), "sha256": hashlib.sha256(decoded(part)).hexdigest()}
    found["fileName"] = fallible(part.get_filename) or ""
    if part.get_content_maintype() == "text":
        found["text"] = text(part)
    return found


def decoded(part):
    if part.is_multipart():
        return b"\r\n".join(fallible(inner.as_bytes) or b"" for inner in part.get_payload())
    return fallible(lambda: part.get_payload(decode=True)) or b""


def text(part):
    charset = fallible(part.get_content_charset) or "us-ascii"
    try:
        return decoded(part).decode(charset, "replace")
    except (LookupError, UnicodeError):
        return decoded(part).decode("latin-1")


def fallible(ask):
    """Python's reader itself trips over some broken headers."""
    try:
        return ask()
    except Exception:
        return None


def message(stream):
    size = stream.read(4)
    return stream.read(int.from_bytes(size, "big")) if size else None


stdin = sys.stdin.buffer
while (content := message(stdin)) is not None:
    parsed = email.message_from_bytes(content)
    json.dump({"tree": tree(parsed), "leaves": list(leaves(parsed))}, sys.stdout)
    sys.stdout.write("\n")
