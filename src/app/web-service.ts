/**
 * The admin pages with everything they stand on, and their sockets: plain HTTP, whose pages only this machine and declared
 * proxies see, and HTTPS where SIGNET_HTTPS_LISTEN says. Without an own certificate or the relay's one is made and kept, and
 * the log tells its fingerprint, so that the administrator can compare what the browser shows.
 */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readServerCertificate, type ServerCertificate } from '../certificate.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { readKept, replaceKept } from '../data-folder.ts';
import type { Log } from '../log.ts';
import { makeCertificate } from '../make-certificate.ts';
import { failed, type Result, systemReason } from '../problem.ts';
import { version } from '../version.ts';
import { type Certificate, createListener, type Listener } from '../web/listen.ts';
import type { WebNeeds } from '../web/needs.ts';
import { createWebServer } from '../web/server.ts';

export type WebServiceNeeds = Omit<
  WebNeeds,
  'wait' | 'timeZone' | 'publicUrl' | 'trustedProxies' | 'certificates' | 'versions'
> & {
  /** PEM, as in use now. */
  readonly relayCertificate: () => string | undefined;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** The relay's, used when the pages have none of their own. */
  readonly certificate: ServerCertificate | undefined;
  readonly onStop: (give: () => Promise<void> | void) => void;
};

export type WebService = {
  /** Of the plain socket. */
  readonly url: string;
  readonly httpsUrl?: string;
  /** Tells the log how the first account is made, while there is none. */
  readonly announce: () => void;
  /** Reads the pages' certificate again; hand in the relay's new one. */
  readonly reload: (relays: ServerCertificate | undefined) => Promise<Result<void>>;
};

export async function startWebService(needs: WebServiceNeeds): Promise<Result<WebService>> {
  const { config, log, store, onStop } = needs;
  let pagesCertificate: string | undefined;
  const server = await createWebServer({
    ...needs,
    wait: ms => wait(ms, undefined, { ref: false }),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    trustedProxies: config.trustedProxies,
    versions: { signet: version, node: process.versions.node, openssl: process.versions.openssl },
    certificates() {
      const relay = needs.relayCertificate();
      return {
        ...(relay === undefined ? {} : { relay }),
        ...(pagesCertificate === undefined ? {} : { pages: pagesCertificate }),
      };
    },
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
  });
  const plain = createListener(server.handle);
  const url = await plain.listen(config.httpListen);
  if (url.kind === 'problem') return url;
  const plainUrl = url.value;
  onStop(plain.close);
  let secured: Listener | undefined;
  let httpsUrl: string | undefined;
  if (config.httpsListen) {
    const certificate = await readCertificate(needs);
    if (certificate.kind === 'problem') return certificate;
    pagesCertificate = certificate.value.certificate;
    secured = createListener(server.handle, certificate.value);
    const listening = await secured.listen(config.httpsListen);
    if (listening.kind === 'problem') return listening;
    onStop(secured.close);
    httpsUrl = listening.value;
    log.info(
      { url: httpsUrl, fingerprint: fingerprintOf(certificate.value) },
      'the admin pages answer over HTTPS',
    );
  }
  const hasAccounts = (await store.accounts.countAccounts()) > 0;

  /** Whoever reads the log may make the first account: it is told once the start is done. */
  function announce() {
    if (hasAccounts) return;
    log.info(
      { code: server.firstRunCode, page: `${config.publicUrl ?? httpsUrl ?? plainUrl}/first-run` },
      'first run: make the first account on this page with this one-time code',
    );
  }

  async function reload(relays: ServerCertificate | undefined): Promise<Result<void>> {
    if (!secured) return { kind: 'ok', value: undefined };
    const certificate = await readCertificate({ ...needs, certificate: relays });
    if (certificate.kind === 'problem') return certificate;
    pagesCertificate = certificate.value.certificate;
    secured.secure(certificate.value);
    return { kind: 'ok', value: undefined };
  }

  return {
    kind: 'ok',
    value: { url: plainUrl, ...(httpsUrl === undefined ? {} : { httpsUrl }), announce, reload },
  };
}

async function readCertificate(needs: WebServiceNeeds): Promise<Result<Certificate>> {
  const { config, certificate } = needs;
  if (config.https) return readServerCertificate(config.https, undefined, httpsNames);
  return certificate ? { kind: 'ok', value: certificate } : keepSelfSigned(needs);
}

const httpsNames = { certificate: 'SIGNET_HTTPS_CERT', key: 'SIGNET_HTTPS_KEY' } as const;

const yearMs = 365 * 86_400_000;

/** Made once, and again when it has ended. */
async function keepSelfSigned({
  config,
  hostname,
  clock,
  random,
}: WebServiceNeeds): Promise<Result<Certificate>> {
  const file = join(config.dataFolder, 'https.pem');
  try {
    const kept = await readKept(file);
    if (kept !== undefined && Date.parse(new X509Certificate(kept).validTo) > clock.now())
      return { kind: 'ok', value: { certificate: kept, key: kept } };
    const { certificate, key } = await makeCertificate({
      commonName: hostname,
      dnsNames: [hostname, 'localhost'],
      validFrom: clock.now() - 86_400_000,
      validUntil: clock.now() + 2 * yearMs,
      serial: random(16),
      keyType: 'p-256',
      purposes: ['server'],
    });
    await replaceKept(file, certificate + key);
    return { kind: 'ok', value: { certificate, key } };
  } catch (error) {
    return failed(
      'SIGNET_DATA_UNUSABLE',
      `${file} cannot be used (${systemReason(error)}): make it readable and writable for Signet, or remove it.`,
    );
  }
}

function fingerprintOf({ certificate }: Certificate) {
  return new X509Certificate(certificate).fingerprint256;
}
