/** Let's Encrypt's own test server and its DNS (Debian package pebble), on loopback ports of their own; validation is real. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from '../../src/make-certificate.ts';

export const hasPebble = existsSync('/usr/bin/pebble') && existsSync('/usr/bin/pebble-challtestsrv');
export const withoutPebble = hasPebble ? false : 'pebble is not installed (Debian package pebble)';

export type Pebble = {
  readonly directoryUrl: string;
  /** PEM file: who stands behind the server's own certificate. */
  readonly caFile: string;
  /** The port at which it asks for challenges. */
  readonly challengePort: number;
  readonly stop: () => void;
};

export async function startPebble(folder: string, challengePort: number): Promise<Pebble> {
  const place = mkdtempSync(join(folder, 'pebble-'));
  const [port, managementPort, dnsPort, dnsManagementPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const own = await makeCertificate({
    commonName: 'localhost',
    dnsNames: ['localhost'],
    validFrom: Date.now() - 60_000,
    validUntil: Date.now() + 86_400_000,
    serial: randomBytes(16),
    keyType: 'p-256',
  });
  const file = (name: string, text: string) => {
    writeFileSync(join(place, name), text);
    return join(place, name);
  };
  const config = file(
    'pebble.json',
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: file('own.pem', own.certificate),
        privateKey: file('own.key', own.key),
        httpPort: challengePort,
        tlsPort: 1,
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
      },
    }),
  );
  const dns = spawn('/usr/bin/pebble-challtestsrv', [
    ...['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${dnsManagementPort}`],
    ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', ''],
  ]);
  const pebble = spawn('/usr/bin/pebble', ['-config', config, '-dnsserver', `127.0.0.1:${dnsPort}`], {
    // A third of all nonces is refused, so that trying again is tried.
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '33' },
  });
  const stop = () => {
    pebble.kill('SIGKILL');
    dns.kill('SIGKILL');
  };
  await says(dns, /Starting management server/).catch(stopAndThrow(stop));
  await says(pebble, /Listening on/).catch(stopAndThrow(stop));
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    caFile: join(place, 'own.pem'),
    challengePort,
    stop,
  };
}

function stopAndThrow(stop: () => void) {
  return (error: unknown) => {
    stop();
    throw error;
  };
}

function says(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const look = (piece: Buffer) => {
      text += piece.toString();
      if (pattern.test(text)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`it ended: ${text}`)));
  });
}

export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
