/** The short forms in which next hop and rules are written: the shortest that reads back as the same value. */
import type {
  Dimension,
  MessageCondition,
  RecipientEntry,
  SenderEntry,
  TimeCondition,
} from '../signature/rule.ts';
import type { BundleNextHop, BundleRule } from './bundle.ts';

/** Without what is undefined or empty: an absent key means just that. */
export function compact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && !isEmpty(part)));
}

function isEmpty(value: unknown) {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function writtenNextHop({
  target,
  port,
  tls,
  ca,
  clientCertificate,
  auth,
  serverCertificate,
}: BundleNextHop) {
  return compact({
    host: target.kind === 'host' ? target.host : undefined,
    mx: target.kind === 'mx' ? target.domain : undefined,
    port: port === 25 ? undefined : port,
    tls: tls === 'required' ? undefined : tls,
    ca,
    clientCertificate: clientCertificate?.certificate,
    clientKeyFile: clientCertificate?.key.file,
    user: auth?.user,
    passwordFile: auth?.password.file,
    serverCertificate,
  });
}

export function writtenRule(rule: BundleRule) {
  return compact({
    name: rule.name,
    id: rule.id,
    enabled: rule.enabled ? undefined : false,
    senders: writtenDimension(rule.senders, writtenSender),
    recipients: writtenDimension(rule.recipients, writtenRecipient),
    message: writtenMessage(rule.message),
    time: writtenTime(rule.time),
    signatures: rule.action.kind === 'sign' ? rule.action.signatures : 'none',
    // biome-ignore lint/suspicious/noThenProperty: the word of the file format; this object is never awaited.
    then: rule.onMatch === 'stop' ? undefined : rule.onMatch,
    otherwise: rule.onNoMatch === 'continue' ? undefined : rule.onNoMatch,
  });
}

function writtenDimension<Entry>({ include, except }: Dimension<Entry>, write: (entry: Entry) => unknown) {
  const entries = oneOrList(include.map(write));
  return except.length === 0 ? entries : compact({ include: entries, except: oneOrList(except.map(write)) });
}

function oneOrList(list: readonly unknown[]): unknown {
  return list.length === 1 ? list[0] : list;
}

function writtenSender(entry: SenderEntry): unknown {
  switch (entry.kind) {
    case 'person':
      return entry.address;
    case 'group':
      return { group: entry.id };
    case 'domain':
      return { domain: entry.domain };
    case 'attribute': {
      const { field, is, value } = entry.test;
      const hasValue = is !== 'empty' && is !== 'not-empty';
      return compact({
        attribute: field,
        is: is === 'equal' ? undefined : is,
        value: hasValue ? value : undefined,
      });
    }
  }
}

function writtenRecipient(entry: RecipientEntry): unknown {
  switch (entry.kind) {
    case 'internal':
    case 'external':
      return entry.kind;
    case 'address':
      return entry.address;
    case 'group':
      return { group: entry.id };
    case 'domain':
      return { domain: entry.domain };
  }
}

function writtenMessage({
  conversation,
  subjectWords,
  textWords,
  minBytes,
  maxBytes,
  importance,
}: MessageCondition): unknown {
  const others = compact({
    subjectWords: oneOrList(subjectWords),
    textWords: oneOrList(textWords),
    minBytes,
    maxBytes,
    importance: importance === 'any' ? undefined : importance,
  });
  if (conversation === 'any') return others;
  return isEmpty(others) ? conversation : { conversation, ...others };
}

function writtenTime({ from, until, weekdays, hours }: TimeCondition) {
  return compact({ from, until, weekdays, hours: hours && `${hours.from}-${hours.until}` });
}
