/** The relay's own door, as a sender meets it. Whether it can be reached from outside cannot be found out from inside. */
import { connect } from 'node:net';
import { type Finding, findingsOf } from './finding.ts';

export type RelayDoor = {
  readonly host: string;
  readonly port: number;
  /** Whether a certificate is set, so that STARTTLS has to be offered. */
  readonly hasCertificate: boolean;
  readonly timeoutMs: number;
};

export async function examineRelay({
  host,
  port,
  hasCertificate,
  timeoutMs,
}: RelayDoor): Promise<readonly Finding[]> {
  const place = `${host}:${port}`;
  const is = findingsOf('relay', place);
  const heard = await greet(host, port, timeoutMs);
  if (heard.kind === 'silent')
    return [
      is.failure(
        heard.code === 'ECONNREFUSED'
          ? 'nobody listens: Signet does not run'
          : `does not answer (${heard.code})`,
        'start Signet, and look into its log if it does not stay',
      ),
    ];
  if (!heard.lines.startsWith('220'))
    return [
      is.failure(
        `is not a mail server (${heard.lines.slice(0, 60)})`,
        'find out what listens there, or set SIGNET_SMTP_LISTEN',
      ),
    ];
  if (hasCertificate && !/^250[- ]STARTTLS/im.test(heard.lines))
    return [is.failure('does not offer STARTTLS', 'restart Signet so that it reads its certificate')];
  const where = /^(127\.|::1$|localhost$)/.test(host)
    ? ' on this machine alone'
    : '; whether port 25 is open from outside, another machine has to try';
  return [is.fine(`takes mail${hasCertificate ? ', encrypted' : ', without TLS'}${where}`)];
}

type Heard =
  | { readonly kind: 'heard'; readonly lines: string }
  | { readonly kind: 'silent'; readonly code: string };

function greet(host: string, port: number, timeoutMs: number): Promise<Heard> {
  return new Promise(done => {
    let lines = '';
    const socket = connect({ host: reachable(host), port, timeout: timeoutMs });
    const end = (heard: Heard) => {
      socket.destroy();
      done(heard);
    };
    socket.on('data', chunk => {
      const isFirst = lines === '';
      lines += chunk.toString('latin1');
      if (isFirst && lines.startsWith('220')) return void socket.write('EHLO doctor.invalid\r\n');
      if (isFirst || /^250 /m.test(lines)) {
        socket.write('QUIT\r\n');
        end({ kind: 'heard', lines });
      }
    });
    socket.on('timeout', () => end({ kind: 'silent', code: 'no answer in time' }));
    socket.on('error', error =>
      end({ kind: 'silent', code: (error as NodeJS.ErrnoException).code ?? error.message }),
    );
    socket.on('end', () => end({ kind: 'heard', lines }));
  });
}

/** An address to listen on is not always one to connect to. */
function reachable(host: string) {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}
