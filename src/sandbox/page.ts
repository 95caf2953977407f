/** HTML pages of the sandbox: every value is escaped, and every page says that it is a simulation. */
import type { Answer } from './http.ts';

export type Html = { readonly html: string };
type Value = Html | readonly Html[] | string | number;

/** A template whose values are escaped unless they are HTML themselves. */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: pieces.reduce((text, piece, index) => text + shown(values[index - 1]) + piece) };
}

function shown(value: Value | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(one => one.html).join('');
  return typeof value === 'object' ? (value as Html).html : escaped(String(value));
}

function escaped(text: string) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
.simulation { background: #ffd43b; color: #000; padding: .5rem 1rem; font-weight: 600; }
main { max-width: 28rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input[type=text], select, textarea { font: inherit; width: 100%; padding: .5rem; box-sizing: border-box; }
button { font: inherit; padding: .5rem 1.25rem; margin: 1rem .5rem 0 0; }
code { font-size: .9em; }
main.wide { max-width: 60rem; }
iframe { width: 100%; height: 30rem; border: 1px solid #8888; background: #fff; }
pre { white-space: pre-wrap; font-size: .85em; }
`;

/** Policy: nothing is loaded but pictures that a page holds itself, nothing runs, and no other site shows it in a frame. Forms go where sign-in sends them. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

export function page(
  status: number,
  title: string,
  content: Html,
  { isWide = false }: { readonly isWide?: boolean } = {},
): Answer {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} (simulation)</title>
<style>${{ html: style }}</style>
</head>
<body>
<p class="simulation">This is a simulation. It is not Microsoft; enter no real password here.</p>
<main class="${isWide ? 'wide' : ''}">
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
    body: text.html,
  };
}
