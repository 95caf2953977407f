/** A real OpenLDAP server of our own: scratch folder, free ports on 127.0.0.1, StartTLS and ldaps with a self-made CA. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const slapd = '/usr/sbin/slapd';

/** A reason to skip, or false. */
export const noSlapd: string | false =
  existsSync(slapd) && existsSync('/etc/ldap/schema/nis.schema') ? false : 'slapd is not installed';

export type Slapd = {
  readonly ldap: string;
  readonly ldaps: string;
  /** PEM of the authority that issued the server's certificate, which is for `localhost` only. */
  readonly ca: string;
  readonly close: () => Promise<void>;
};

/** `ldif` is the whole content; `rules` are lines for the database's configuration (limits, access). */
export async function startSlapd(ldif: string, rules: string): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'signet-slapd-'));
  const path = (name: string) => join(folder, name);
  makeCertificates(path);
  mkdirSync(path('db'));
  writeFileSync(path('slapd.conf'), configuration(path, rules));
  writeFileSync(path('content.ldif'), ldif);
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', path('slapd.conf'), '-l', path('content.ldif')], {
    stdio: 'pipe',
  });
  const [plainPort, tlsPort] = [await freePort(), await freePort()];
  const urls = `ldap://127.0.0.1:${plainPort}/ ldaps://127.0.0.1:${tlsPort}/`;
  // "stats" makes it stay in the foreground and say when it has started.
  const server = spawn(slapd, ['-d', 'stats', '-h', urls, '-f', path('slapd.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    server.once('exit', code => reject(new Error(`slapd ended with ${code}`)));
    createInterface({ input: server.stderr }).on('line', line => {
      if (line.includes('slapd starting')) resolve();
    });
  });
  return {
    ldap: `ldap://localhost:${plainPort}`,
    ldaps: `ldaps://localhost:${tlsPort}`,
    ca: readFileSync(path('ca.pem'), 'utf8'),
    close: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeCertificates(path: (name: string) => string) {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { stdio: 'pipe', cwd: path('') });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signing);
}

function configuration(path: (name: string) => string, rules: string) {
  const schemas = ['core', 'cosine', 'inetorgperson', 'nis'];
  return [
    ...schemas.map(name => `include /etc/ldap/schema/${name}.schema`),
    `pidfile ${path('pid')}`,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `TLSCertificateFile ${path('server.pem')}`,
    `TLSCertificateKeyFile ${path('server.key')}`,
    // No account may sign in over an unencrypted connection.
    'security simple_bind=128',
    'database mdb',
    'suffix "dc=firm,dc=example"',
    `directory ${path('db')}`,
    'maxsize 268435456',
    'index objectClass,mail eq,pres',
    rules,
    '',
  ].join('\n');
}

async function freePort() {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>(resolve => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}
