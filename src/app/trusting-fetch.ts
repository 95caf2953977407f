/**
 * `fetch` as far as clients of a private service use it, over connections that trust one given authority and no other:
 * for a simulated cloud or a private certificate authority, which no public authority stands behind. Node's own `fetch` takes no authority.
 */
import { Agent, request } from 'node:https';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** `ca`: PEM. Redirects are handed back as they are. Rejects as `fetch` does when there is no answer. */
export function createTrustingFetch(ca: string): Fetch {
  const agent = new Agent({ ca, keepAlive: false });
  return (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const options = {
        agent,
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ...(signal ? { signal } : {}),
      };
      const sent = request(url, options, response => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 502;
          const names = new Headers();
          for (const [name, values] of Object.entries(response.headersDistinct))
            for (const value of values ?? []) names.append(name, value);
          const hasBody = status !== 204 && status !== 304;
          resolve(new Response(hasBody ? Buffer.concat(pieces) : null, { status, headers: names }));
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
}
