/**
 * Addresses that may stand in a signature: https, http, mailto, tel, and cid for pictures. Anything else (javascript, data,
 * file, relative) means nothing in a mail or does harm.
 */

const schemes = { href: ['https', 'http', 'mailto', 'tel'], src: ['https', 'http', 'cid'] } as const;

export type UrlKind = keyof typeof schemes;

/** Scheme of an address, lower case; '' without one. Blanks and controls are what browsers ignore, so they are ignored here. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(withoutBlanks(url))?.[1]?.toLowerCase() ?? '';
}

/** The address if it may stand there, else ''. `www.example.com`, and in links `example.com/x`, are taken for https. */
export function safeUrl(url: string, kind: UrlKind): string {
  const bare = withoutBlanks(url);
  const scheme = schemeOf(bare);
  if (isHostWithPort(bare) || scheme === '') return isHost(bare, kind) ? `https://${bare}` : '';
  if (!schemes[kind].some(allowed => allowed === scheme)) return '';
  const rest = bare.slice(scheme.length + 1);
  if (scheme === 'https' || scheme === 'http') return /^\/\/[^/?#]/.test(rest) ? bare : '';
  return rest === '' ? '' : bare;
}

/** For pictures only `www.`: `logo.png` is a file of somebody's disk. */
function isHost(url: string, kind: UrlKind) {
  const host = kind === 'src' ? /^www\.[\w-]+\.[\w.-]+/i : /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[:/?#]|$)/i;
  return host.test(url);
}

/** `example.com:8443` looks like a scheme, and is a host. */
function isHostWithPort(url: string) {
  return /^[\w-]+(?:\.[\w-]+)+:\d{1,5}(?:[/?#]|$)/.test(url);
}

const BLANKS = /[\u0000-\u0020\u007F-\u00A0\u2028\u2029]+/g;

function withoutBlanks(url: string) {
  return url.search(BLANKS) === -1 ? url : url.replace(BLANKS, ' ').trim().replaceAll(' ', '%20');
}

export type UrlPart = 'whole' | 'mailto' | 'tel' | 'component';

/** How a value is written at a place of an address, given the literal text before it. */
export function urlPartAfter(literal: string): UrlPart {
  if (literal.trim() === '') return 'whole';
  const scheme = schemeOf(literal);
  if (scheme === 'mailto' && !literal.includes('?')) return 'mailto';
  return scheme === 'tel' ? 'tel' : 'component';
}

export function encodeUrlPart(value: string, part: UrlPart): string {
  switch (part) {
    case 'whole':
      return value;
    case 'mailto':
      return encodeURIComponent(value).replace(/%40/g, '@').replace(/%2B/g, '+').replace(/%2C/g, ',');
    case 'tel':
      return value.replace(/^tel:/i, '').replace(/[^\d+;=.,*#a-z-]/gi, '');
    case 'component':
      return encodeURIComponent(value);
  }
}
