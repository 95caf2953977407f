/** Port 80 for the authority's challenges and nothing else: whoever else comes is sent to HTTPS where there is one, or away. */
import { createServer, type Server } from 'node:http';
import type { Listen } from '../config.ts';
import { failed, type Result, systemReason } from '../problem.ts';

export type Challenges = {
  readonly serve: (token: string, content: string) => () => void;
  readonly listen: () => Promise<Result<number>>;
  readonly close: () => Promise<void>;
};

const place = '/.well-known/acme-challenge/';
const answerMs = 5_000;

/** `publicUrl`: where the admin pages are for browsers. */
export function createChallenges({ host, port }: Listen, publicUrl?: string): Challenges {
  const contents = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const content = path.startsWith(place) ? contents.get(path.slice(place.length)) : undefined;
    response.setHeader('Cache-Control', 'no-store');
    if (content !== undefined)
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(content);
    else if (publicUrl?.startsWith('https:') && !path.startsWith(place))
      response.writeHead(308, { Location: publicUrl }).end();
    else response.writeHead(404).end();
  });
  server.headersTimeout = answerMs;
  server.requestTimeout = answerMs;
  server.maxHeadersCount = 100;

  return {
    serve(token, content) {
      contents.set(token, content);
      return () => contents.delete(token);
    },
    listen: () =>
      new Promise(done => {
        server.once('error', error => done(busy({ host, port }, error)));
        server.listen(port, host, () => {
          const address = server.address();
          done({ kind: 'ok', value: typeof address === 'object' && address ? address.port : port });
        });
      }),
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function busy({ host, port }: Listen, error: Error) {
  return failed(
    'SIGNET_ACME_LISTEN',
    `${host}:${port} cannot be listened on for the authority's challenges (${systemReason(error)}): free it, or set SIGNET_ACME_LISTEN and forward port 80 to it.`,
  );
}
