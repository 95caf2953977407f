/** The words after `signet explain`, checked as far as that goes without opening a file. */
import { readWords, usageFailure } from '../command.ts';

export type ExplainArguments = {
  /** Undefined: the data folder. */
  readonly bundleFile: string | undefined;
  readonly tenant: string | undefined;
  readonly recipients: readonly string[];
  readonly at: string | undefined;
  readonly json: boolean;
  readonly message: WrittenMessage;
};

export type WrittenMessage =
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'words';
      readonly from: string;
      readonly sender: string | undefined;
      readonly isReply: boolean;
      readonly subject: string;
    };

const options = {
  bundle: { type: 'string' },
  tenant: { type: 'string' },
  from: { type: 'string' },
  sender: { type: 'string' },
  to: { type: 'string', multiple: true, default: [] as string[] },
  reply: { type: 'boolean', default: false },
  subject: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export function readExplainArguments(words: readonly string[]): ExplainArguments {
  const { values, positionals } = readWords('explain', words, { options, allowPositionals: true });
  const { bundle, tenant, to, at, json } = values;
  if (to.length === 0) throw usage('--to ADDRESS is missing: say who gets the message');
  for (const address of to) checkAddress('to', address);
  return { bundleFile: bundle, tenant, recipients: to, at, json, message: readMessage(values, positionals) };
}

type Values = {
  readonly from?: string | undefined;
  readonly sender?: string | undefined;
  readonly subject?: string | undefined;
  readonly reply: boolean;
};

function readMessage({ from, sender, subject, reply }: Values, files: readonly string[]): WrittenMessage {
  const [file, ...others] = files;
  if (others.length > 0) throw usage('one MESSAGE at a time');
  if (file !== undefined) {
    if (from !== undefined || sender !== undefined || subject !== undefined || reply)
      throw usage('--from, --sender, --reply and --subject are read from the MESSAGE: leave them out');
    return { kind: 'file', file };
  }
  if (from === undefined) throw usage('--from ADDRESS is missing: say who writes, or give a MESSAGE');
  checkAddress('from', from);
  if (sender !== undefined) checkAddress('sender', sender);
  return { kind: 'words', from, sender, isReply: reply, subject: subject ?? '' };
}

function checkAddress(option: string, text: string) {
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(text))
    throw usage(`--${option} is "${text}" and must be an address such as ada@example.com`);
}

function usage(sentence: string) {
  return usageFailure('explain', sentence);
}
