/**
 * Environment -> frozen Config. An unknown `SIGNET_*` is refused, because a mistyped name would otherwise leave
 * the default in force without a word. An empty value counts as unset: container files write `NAME=` for that.
 * Nothing is read or opened here but the environment.
 */
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
  /** Without it the machine's own name. */
  readonly hostname?: string;
  readonly logLevel: LogLevel;
  /** Without it STARTTLS is not offered. */
  readonly tls?: TlsFiles;
};

/** Every setting with its default, '' for none. */
export const defaults = {
  SIGNET_BUNDLE: '',
  SIGNET_DATA: './data',
  SIGNET_MASTER_KEY_FILE: '',
  SIGNET_SMTP_LISTEN: '127.0.0.1:2525',
  SIGNET_HTTP_LISTEN: '127.0.0.1:8080',
  SIGNET_HOSTNAME: '',
  SIGNET_TLS_CERT: '',
  SIGNET_TLS_KEY: '',
  SIGNET_TLS_CLIENT_CA: '',
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
  const hostname = value('SIGNET_HOSTNAME').toLowerCase();
  if (hostname && !isHostname(hostname)) return refuseHostname(hostname);
  const logLevel = logLevels.find(level => level === value('SIGNET_LOG_LEVEL'));
  if (!logLevel) return refuseLogLevel(value('SIGNET_LOG_LEVEL'));
  const tls = readTls(value);
  if (tls.kind === 'problem') return tls;

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
      ...(hostname ? { hostname } : {}),
      logLevel,
      ...(tls.value ? { tls: tls.value } : {}),
    }),
  };
}

function readListen(name: 'SIGNET_SMTP_LISTEN' | 'SIGNET_HTTP_LISTEN', value: Value): Result<Listen> {
  const listen = parseListen(value(name));
  if (listen) return { kind: 'ok', value: Object.freeze(listen) };
  return failed(
    `${name}_INVALID`,
    `${name} is "${value(name)}": write an address and a port, such as ${defaults[name]} or [::1]:${defaults[name].split(':')[1]}.`,
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

function readTls(value: Value): Result<TlsFiles | undefined> {
  const [certificate, key, clientCa] = [
    value('SIGNET_TLS_CERT'),
    value('SIGNET_TLS_KEY'),
    value('SIGNET_TLS_CLIENT_CA'),
  ];
  if (!certificate && !key && !clientCa) return { kind: 'ok', value: undefined };
  if (!certificate || !key) {
    const absent = certificate ? 'SIGNET_TLS_KEY' : 'SIGNET_TLS_CERT';
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
