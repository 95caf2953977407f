/**
 * Environment -> frozen Config. An unknown `SIGNET_*` is refused, because a mistyped name would otherwise leave
 * the default in force without a word. An empty value counts as unset: container files write `NAME=` for that.
 */
import { resolve } from 'node:path';
import { failed, type Result } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Listen = { readonly host: string; readonly port: number };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export type Config = {
  readonly dataFolder: string;
  readonly httpListen: Listen;
  readonly logLevel: LogLevel;
};

export const defaults = {
  SIGNET_DATA: './data',
  SIGNET_HTTP_LISTEN: '127.0.0.1:8080',
  SIGNET_LOG_LEVEL: 'info',
} as const;

type Variable = keyof typeof defaults;

export function readConfig(environment: Environment): Result<Config> {
  const unknown = Object.keys(environment).find(name => name.startsWith('SIGNET_') && !(name in defaults));
  if (unknown) return refuseUnknown(unknown);
  const value = (name: Variable) => environment[name] || defaults[name];

  const httpListen = parseListen(value('SIGNET_HTTP_LISTEN'));
  if (!httpListen) return refuseListen(value('SIGNET_HTTP_LISTEN'));
  const logLevel = logLevels.find(level => level === value('SIGNET_LOG_LEVEL'));
  if (!logLevel) return refuseLogLevel(value('SIGNET_LOG_LEVEL'));

  const dataFolder = resolve(value('SIGNET_DATA'));
  return {
    kind: 'ok',
    value: Object.freeze({ dataFolder, httpListen: Object.freeze(httpListen), logLevel }),
  };
}

/** `host:port` or `[IPv6]:port`; the host is mandatory, so that nobody listens on all addresses by accident. */
function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host && port <= 65_535 ? { host, port } : undefined;
}

function refuseUnknown(name: string) {
  const known = Object.keys(defaults).join(', ');
  return failed(
    'SIGNET_UNKNOWN_VARIABLE',
    `${name} is not a setting of Signet: unset it or use one of ${known}.`,
  );
}

function refuseListen(text: string) {
  return failed(
    'SIGNET_HTTP_LISTEN_INVALID',
    `SIGNET_HTTP_LISTEN is "${text}": write an address and a port, such as 127.0.0.1:8080 or [::1]:8080.`,
  );
}

function refuseLogLevel(text: string) {
  return failed(
    'SIGNET_LOG_LEVEL_INVALID',
    `SIGNET_LOG_LEVEL is "${text}": use one of ${logLevels.join(', ')}.`,
  );
}
