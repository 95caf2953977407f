/**
 * Distinguished names as keys (RFC 4514): servers write the same name in different case, with other blanks and escapes.
 * Comparison only; nothing is ever written back to a server.
 */

/** Two spellings of a name have the same key. Attribute values are compared without case, as people's names are. */
export function dnKey(dn: string): string {
  const lower = dn.normalize('NFC').toLowerCase();
  if (!lower.includes('\\') && !lower.includes('"')) return lower.replace(/\s*([,=+;])\s*/g, '$1').trim();
  return splitRdns(lower)
    .map(rdn => {
      const at = rdn.indexOf('=');
      return `${rdn.slice(0, at).trim()}=${escapePlain(unescapeValue(rdn.slice(at + 1).trim()))}`;
    })
    .join(',');
}

/** `cn=Sales,ou=Groups,dc=firm` -> `Sales`, unescaped, in its own case. */
export function firstValue(dn: string): string {
  const [first = ''] = splitRdns(dn);
  return unescapeValue(first.slice(first.indexOf('=') + 1).trim());
}

function splitRdns(dn: string): string[] {
  return dn.match(/(?:\\.|"[^"]*"|[^\\",;])+/gs) ?? [];
}

/** `\,` and `\2c` and `\c3\bc`; the bytes of hex pairs are UTF-8. */
function unescapeValue(text: string): string {
  const bare = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  return bare.replace(/(?:\\[0-9a-fA-F]{2})+|\\(.)/gs, (run: string, char: string | undefined) =>
    char === undefined ? Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8') : char,
  );
}

/** One spelling for what needs an escape, so that `a\,b` is not taken for two parts. */
function escapePlain(value: string) {
  return value.replace(/[\\,+"<>;=]/g, char => `\\${char}`);
}
