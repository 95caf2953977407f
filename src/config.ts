/**
 * Environment -> frozen Config. An unknown `SIGNET_*` is refused, because a mistyped name would otherwise leave
 * the default in force without a word. An empty value counts as unset: container files write `NAME=` for that.
 * Nothing is read or opened here but the environment.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { failed, type Result } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Listen = { readonly host: string; readonly port: number };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Names of PEM files. */
export type TlsFiles = {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Authorities whose client certificates are believed; without it those that Node ships. */
  readonly clientCaFile?: string;
};

export type Config = {
  /** Without it there are no tenants. */
  readonly bundleFile?: string;
  readonly dataFolder: string;
  /** Without it `master.key` in the data folder, made at the first start. */
  readonly masterKeyFile?: string;
  readonly smtpListen: Listen;
  readonly httpListen: Listen;
  /** Without it there is no HTTPS. */
  readonly httpsListen?: Listen;
  /** Without it the relay's certificate, without that one that is made. */
  readonly https?: TlsFiles;
  /** What browsers call the admin pages: scheme and host, without a slash at its end. */
  readonly publicUrl?: string;
  /** Addresses and CIDR blocks of proxies whose X-Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Without it the machine's own name. */
  readonly hostname?: string;
  readonly logLevel: LogLevel;
  /** Without it, and without `acme`, STARTTLS is not offered. */
  readonly tls?: TlsFiles;
  /** In the place of `tls`: the certificate comes from an authority, and is renewed. */
  readonly acme?: AcmeSettings;
};

export type AcmeSettings = {
  readonly names: readonly [string, ...string[]];
  readonly contact?: string;
  readonly directoryUrl: string;
  /** PEM file: the authority behind `directoryUrl` where that is a private one. */
  readonly caFile?: string;
  /** Where challenges are answered; the authority asks at port 80 of each name. */
  readonly listen: Listen;
};

/** Every setting with its default, '' for none. */
export const defaults = {
  SIGNET_BUNDLE: '',
  SIGNET_DATA: './data',
  SIGNET_MASTER_KEY_FILE: '',
  SIGNET_SMTP_LISTEN: '127.0.0.1:2525',
  SIGNET_HTTP_LISTEN: '127.0.0.1:8080',
  SIGNET_HTTPS_LISTEN: '',
  SIGNET_HTTPS_CERT: '',
  SIGNET_HTTPS_KEY: '',
  SIGNET_PUBLIC_URL: '',
  SIGNET_TRUSTED_PROXIES: '',
  SIGNET_HOSTNAME: '',
  SIGNET_TLS_CERT: '',
  SIGNET_TLS_KEY: '',
  SIGNET_TLS_CLIENT_CA: '',
  SIGNET_ACME: '',
  SIGNET_ACME_CONTACT: '',
  SIGNET_ACME_DIRECTORY: 'https://acme-v02.api.letsencrypt.org/directory',
  SIGNET_ACME_CA: '',
  SIGNET_ACME_LISTEN: '0.0.0.0:80',
  SIGNET_LOG_LEVEL: 'info',
} as const;

type Variable = keyof typeof defaults;
type Value = (name: Variable) => string;

export function readConfig(environment: Environment): Result<Config> {
  const unknown = Object.keys(environment).find(name => name.startsWith('SIGNET_') && !(name in defaults));
  if (unknown) return refuseUnknown(unknown);
  const value: Value = name => environment[name] || defaults[name];

  const smtpListen = readListen('SIGNET_SMTP_LISTEN', value);
  if (smtpListen.kind === 'problem') return smtpListen;
  const httpListen = readListen('SIGNET_HTTP_LISTEN', value);
  if (httpListen.kind === 'problem') return httpListen;
  const pages = readPages(value);
  if (pages.kind === 'problem') return pages;
  const hostname = value('SIGNET_HOSTNAME').toLowerCase();
  if (hostname && !isHostname(hostname)) return refuseHostname(hostname);
  const logLevel = logLevels.find(level => level === value('SIGNET_LOG_LEVEL'));
  if (!logLevel) return refuseLogLevel(value('SIGNET_LOG_LEVEL'));
  const tls = readTls('SIGNET_TLS', value);
  if (tls.kind === 'problem') return tls;

  const acme = readAcme(value, tls.value !== undefined);
  if (acme.kind === 'problem') return acme;

  const bundle = value('SIGNET_BUNDLE');
  const masterKey = value('SIGNET_MASTER_KEY_FILE');
  return {
    kind: 'ok',
    value: Object.freeze({
      ...(bundle ? { bundleFile: resolve(bundle) } : {}),
      dataFolder: resolve(value('SIGNET_DATA')),
      ...(masterKey ? { masterKeyFile: resolve(masterKey) } : {}),
      smtpListen: smtpListen.value,
      httpListen: httpListen.value,
      ...pages.value,
      ...(hostname ? { hostname } : {}),
      logLevel,
      ...(tls.value ? { tls: tls.value } : {}),
      ...(acme.value ? { acme: acme.value } : {}),
    }),
  };
}

type Pages = Pick<Config, 'httpsListen' | 'https' | 'publicUrl' | 'trustedProxies'>;

/** What the admin pages have beside their plain socket. */
function readPages(value: Value): Result<Pages> {
  const httpsListen = value('SIGNET_HTTPS_LISTEN') ? readListen('SIGNET_HTTPS_LISTEN', value) : undefined;
  if (httpsListen?.kind === 'problem') return httpsListen;
  const https = readTls('SIGNET_HTTPS', value);
  if (https.kind === 'problem') return https;
  const publicUrl = value('SIGNET_PUBLIC_URL').replace(/\/$/, '');
  if (publicUrl && !/^https?:\/\/[^\s/?#@]+$/i.test(publicUrl)) return refusePublicUrl(publicUrl);
  const trustedProxies = value('SIGNET_TRUSTED_PROXIES')
    .split(/[\s,]+/)
    .filter(Boolean);
  const bad = trustedProxies.find(block => !isBlock(block));
  if (bad !== undefined) return refuseProxy(bad);
  return {
    kind: 'ok',
    value: {
      ...(httpsListen ? { httpsListen: httpsListen.value } : {}),
      ...(https.value ? { https: https.value } : {}),
      ...(publicUrl ? { publicUrl: publicUrl.toLowerCase() } : {}),
      trustedProxies,
    },
  };
}

/** An address, or a block of addresses in CIDR notation. */
function isBlock(text: string) {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

type ListenSetting =
  | 'SIGNET_SMTP_LISTEN'
  | 'SIGNET_HTTP_LISTEN'
  | 'SIGNET_HTTPS_LISTEN'
  | 'SIGNET_ACME_LISTEN';

function readListen(name: ListenSetting, value: Value): Result<Listen> {
  const listen = parseListen(value(name));
  if (listen) return { kind: 'ok', value: Object.freeze(listen) };
  const example = defaults[name] || '0.0.0.0:8443';
  return failed(
    `${name}_INVALID`,
    `${name} is "${value(name)}": write an address and a port, such as ${example} or [::1]:${example.split(':')[1]}.`,
  );
}

/** `host:port` or `[IPv6]:port`; the host is mandatory, so that nobody listens on all addresses by accident. */
function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host && port <= 65_535 ? { host, port } : undefined;
}

function isHostname(text: string) {
  return text.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/** Naming names for SIGNET_ACME is the operator's agreement to that authority's terms. */
function readAcme(value: Value, hasFiles: boolean): Result<AcmeSettings | undefined> {
  const [first, ...others] = value('SIGNET_ACME')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (first === undefined) return { kind: 'ok', value: undefined };
  const bad = [first, ...others].find(name => !isHostname(name) || !name.includes('.'));
  if (bad !== undefined)
    return refuseAcme(`SIGNET_ACME names "${bad}": write public host names, with commas between`);
  if (hasFiles) return refuseAcme('SIGNET_ACME and SIGNET_TLS_CERT are both set: unset one of them');
  const directoryUrl = value('SIGNET_ACME_DIRECTORY');
  if (!directoryUrl.startsWith('https://'))
    return refuseAcme(
      `SIGNET_ACME_DIRECTORY is "${directoryUrl}": write the HTTPS address of an ACME directory`,
    );
  const listen = readListen('SIGNET_ACME_LISTEN', value);
  if (listen.kind === 'problem') return listen;
  const [contact, caFile] = [value('SIGNET_ACME_CONTACT'), value('SIGNET_ACME_CA')];
  return {
    kind: 'ok',
    value: {
      names: [first, ...others],
      ...(contact ? { contact } : {}),
      directoryUrl,
      ...(caFile ? { caFile: resolve(caFile) } : {}),
      listen: listen.value,
    },
  };
}

function refuseAcme(sentence: string) {
  return failed('SIGNET_ACME_INVALID', `${sentence}.`);
}

function readTls(prefix: 'SIGNET_TLS' | 'SIGNET_HTTPS', value: Value): Result<TlsFiles | undefined> {
  const certificate = value(`${prefix}_CERT`);
  const key = value(`${prefix}_KEY`);
  const clientCa = prefix === 'SIGNET_TLS' ? value('SIGNET_TLS_CLIENT_CA') : '';
  if (!certificate && !key && !clientCa) return { kind: 'ok', value: undefined };
  if (!certificate || !key) {
    const absent = certificate ? `${prefix}_KEY` : `${prefix}_CERT`;
    return failed(
      'SIGNET_TLS_INCOMPLETE',
      `${absent} is not set: TLS needs a certificate and its key; set both, or neither.`,
    );
  }
  const files = { certificateFile: resolve(certificate), keyFile: resolve(key) };
  return {
    kind: 'ok',
    value: Object.freeze(clientCa ? { ...files, clientCaFile: resolve(clientCa) } : files),
  };
}

function refuseUnknown(name: string) {
  const known = Object.keys(defaults).join(', ');
  return failed(
    'SIGNET_UNKNOWN_VARIABLE',
    `${name} is not a setting of Signet: unset it or use one of ${known}.`,
  );
}

function refusePublicUrl(text: string) {
  return failed(
    'SIGNET_PUBLIC_URL_INVALID',
    `SIGNET_PUBLIC_URL is "${text}": write what browsers call the admin pages, without a path, such as https://signet.example.com.`,
  );
}

function refuseProxy(text: string) {
  return failed(
    'SIGNET_TRUSTED_PROXIES_INVALID',
    `SIGNET_TRUSTED_PROXIES has "${text}": write addresses or blocks of proxies, such as 192.0.2.1 or 10.0.0.0/8, with commas between.`,
  );
}

function refuseHostname(text: string) {
  return failed(
    'SIGNET_HOSTNAME_INVALID',
    `SIGNET_HOSTNAME is "${text}": write the name by which mail servers know this machine, such as signet.example.com.`,
  );
}

function refuseLogLevel(text: string) {
  return failed(
    'SIGNET_LOG_LEVEL_INVALID',
    `SIGNET_LOG_LEVEL is "${text}": use one of ${logLevels.join(', ')}.`,
  );
}
