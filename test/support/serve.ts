/** Signet as users start it: a process of its own, with free ports, in a folder of its own. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { finished, scratch, spawnSignet } from './signet.ts';

export const freePorts = { SIGNET_HTTP_LISTEN: '127.0.0.1:0', SIGNET_SMTP_LISTEN: '127.0.0.1:0' };

/** Starts and waits for the one line. */
export async function startSignet(
  environment: Record<string, string> = {},
  words: readonly string[] = [],
  folder: string = mkdtempSync(join(scratch, 'serve-')),
) {
  const child = spawnSignet(words, { folder, environment: { ...freePorts, ...environment } });
  const end = finished(child);
  const log: string[] = [];
  child.stderr.on('data', (piece: Buffer) => log.push(piece.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (piece: Buffer) => resolve(piece.toString()));
    child.once('close', () => reject(new Error(`Signet ended before it said where it is: ${log.join('')}`)));
  });
  const [, smtp = '', url = '', data = ''] =
    /relays mail on (\S+), answers on (\S+) and keeps its data in (.+)\n$/.exec(line) ?? [];

  /** Waits until the log has a line that matches. */
  function logged(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!pattern.test(log.join(''))) return;
        child.stderr.off('data', look);
        resolve();
      };
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`the log never said ${pattern}: ${log.join('')}`)));
      look();
    });
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM') {
    child.kill(signal);
    return end;
  }
  const port = Number(smtp.split(':').at(-1));
  return { child, end, folder, line, url, data, port, log, logged, stop };
}
