/**
 * Problems an operator can meet: a stable code, and one sentence that says what is wrong and what to do.
 * The README lists every code; `test/problem.test.ts` holds it to that.
 */
export const problemCodes = [
  'SIGNET_UNKNOWN_VARIABLE',
  'SIGNET_SMTP_LISTEN_INVALID',
  'SIGNET_HTTP_LISTEN_INVALID',
  'SIGNET_HTTPS_LISTEN_INVALID',
  'SIGNET_PUBLIC_URL_INVALID',
  'SIGNET_TRUSTED_PROXIES_INVALID',
  'SIGNET_HOSTNAME_INVALID',
  'SIGNET_LOG_LEVEL_INVALID',
  'SIGNET_TLS_INCOMPLETE',
  'SIGNET_TLS_FILE',
  'SIGNET_BUNDLE_UNREADABLE',
  'SIGNET_BUNDLE_INVALID',
  'SIGNET_IMPORT_CONFLICT',
  'SIGNET_STORE_FAILED',
  'SIGNET_SIGNATURE_INVALID',
  'SIGNET_DATA_UNWRITABLE',
  'SIGNET_DATA_UNUSABLE',
  'SIGNET_HTTP_BUSY',
  'SIGNET_HTTP_FORBIDDEN',
  'SIGNET_HTTP_ADDRESS',
  'SIGNET_SMTP_BUSY',
  'SIGNET_SMTP_FORBIDDEN',
  'SIGNET_SMTP_ADDRESS',
  'SIGNET_TLS_CERTIFICATE',
  'SIGNET_USAGE',
  'SIGNET_FILE_UNREADABLE',
  'SIGNET_FILE_UNWRITABLE',
  'SIGNET_OUTPUT_CONFLICT',
  'SIGNET_IMAGE_UNUSABLE',
  'SIGNET_MESSAGE_FAULT',
  'SIGNET_DIRECTORY_FILE',
  'SIGNET_DIRECTORY_SETTINGS',
  'SIGNET_DIRECTORY_UNREACHABLE',
  'SIGNET_DIRECTORY_CERTIFICATE',
  'SIGNET_DIRECTORY_CREDENTIALS',
  'SIGNET_DIRECTORY_BASE',
  'SIGNET_DIRECTORY_LIMIT',
  'SIGNET_DIRECTORY_TIME',
  'SIGNET_DIRECTORY_REFUSED',
  'SIGNET_DIRECTORY_SHRUNK',
  'SIGNET_DIRECTORY_STORE',
  'SIGNET_NEXT_HOP_REFUSES',
  'SIGNET_NEXT_HOP_TLS',
  'SIGNET_NEXT_HOP_NO_MAIL',
  'SIGNET_EXCHANGE_ATTRIBUTION',
  'SIGNET_EXCHANGE_BLOCKED',
  'SIGNET_ROUTE_SECRET',
  'SIGNET_MICROSOFT_CERTIFICATE',
  'SIGNET_REPORT_REFUSED',
  'SIGNET_LEDGER_UNWRITABLE',
  'SIGNET_ACCOUNT_UNKNOWN',
  'SIGNET_AUDIT_BROKEN',
  'SIGNET_TENANT_UNKNOWN',
  'SIGNET_LICENCE_KEY',
  'SIGNET_LICENCE_REFUSED',
  'SIGNET_LICENCE_OVER_LIMIT',
  'SIGNET_LICENCE_ENDING',
  'SIGNET_LICENCE_EXPIRED',
  'SIGNET_LICENCE_NOT_BEGUN',
  'SIGNET_DATABASE_UNUSABLE',
  'SIGNET_DATABASE_NEWER',
  'SIGNET_DATABASE_ADDON',
  'SIGNET_BACKUP_FAILED',
  'SIGNET_BACKUP_UNUSABLE',
  'SIGNET_RESTORE_FAILED',
  'SIGNET_MASTER_KEY_MISSING',
  'SIGNET_MASTER_KEY_WRONG',
  'SIGNET_MASTER_KEY_UNREADABLE',
  'SIGNET_MASTER_KEY_UNWRITABLE',
  'SIGNET_CONNECTOR_SETTINGS',
  'SIGNET_CONNECTOR_CONFLICT',
  'SIGNET_CONNECTOR_VALIDATION',
  'SIGNET_CONNECTOR_PROBE',
  'SIGNET_CONNECTOR_NO_EFFECT',
  'SIGNET_CONNECTOR_MISSING',
  'SIGNET_SIGN_IN_ENDED',
  'SIGNET_SIGN_IN_BLOCKED',
  'SIGNET_SIGN_IN_ACCOUNT',
  'SIGNET_SIGN_IN_TENANT',
  'SIGNET_SIGN_IN_CONSENT',
  'SIGNET_SIGN_IN_APPLICATION',
  'SIGNET_SIGN_IN_UNREACHABLE',
  'SIGNET_SIGN_IN_REFUSED',
  'SIGNET_EXCHANGE_RIGHTS',
  'SIGNET_EXCHANGE_UNREACHABLE',
  'SIGNET_EXCHANGE_BUSY',
  'SIGNET_EXCHANGE_TENANT',
  'SIGNET_EXCHANGE_REFUSED',
  'SIGNET_EXCHANGE_UNSURE',
  'SIGNET_SETUP_CANCELLED',
  'SIGNET_INTERNAL',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

export type Problem = { readonly code: ProblemCode; readonly sentence: string };

export type Result<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'problem'; readonly problem: Problem };

export function failed(code: ProblemCode, sentence: string): { kind: 'problem'; problem: Problem } {
  return { kind: 'problem', problem: { code, sentence } };
}

/** What the system said about a failed call, short enough to stand inside a sentence. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return (code && systemWords[code]) ?? code ?? error.message;
}

const systemWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a file is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};
