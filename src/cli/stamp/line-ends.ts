/**
 * Unix message files. Mail is made of CRLF lines, but mail kept on disk often has bare LF. A file without any CR is
 * taken for such a one: stamped as mail, and written back with its own line ends, so that `diff` shows only the
 * insertions. A file with a single CR anywhere is mail as it went over the wire and is left alone.
 */
const CR = 0x0d;
const LF = 0x0a;

export function isUnixFile(bytes: Buffer): boolean {
  return bytes.includes(LF) && !bytes.includes(CR);
}

/** Of a Unix file: every LF becomes CRLF. */
export function toMail(unix: Buffer): Buffer {
  const mail = Buffer.allocUnsafe(unix.length + count(unix, LF));
  let end = 0;
  for (const byte of unix) {
    if (byte === LF) mail[end++] = CR;
    mail[end++] = byte;
  }
  return mail;
}

export function toUnix(mail: Buffer): Buffer {
  const unix = Buffer.allocUnsafe(mail.length);
  let end = 0;
  for (let at = 0; at < mail.length; at++) {
    if (mail[at] === CR && mail[at + 1] === LF) continue;
    unix[end++] = mail[at] ?? 0;
  }
  return unix.subarray(0, end);
}

/** Where a position in `toMail(unix)` stands in `unix`: every CR before it was added by us. */
export function unixOffset(mail: Buffer, offset: number): number {
  return offset - count(mail.subarray(0, offset), CR);
}

function count(bytes: Buffer, wanted: number) {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}
