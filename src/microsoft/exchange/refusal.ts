/**
 * PURE. What an error of the admin API means for the administrator (exchange-online.md 1.7). Classified by exception and
 * text first: the same status stands for many things.
 */
import { failed, type ProblemCode } from '../../problem.ts';
import type { ExchangeFailure, ExchangeReason } from './exchange-types.ts';
import type { ErrorText, RawReply } from './reply.ts';

export function refusalOf(
  reply: Pick<RawReply, 'status' | 'headers'>,
  error: ErrorText,
  cmdlet: string,
): ExchangeFailure {
  const diagnostics = reply.headers.get('x-ms-diagnostics') ?? '';
  const reason = reasonOf(reply.status, error, diagnostics);
  const said = error.text || diagnosticReason(diagnostics) || `HTTP ${reply.status}`;
  return exchangeFailure(reason, { cmdlet, said, detail: detailOf(reply, error, diagnostics) });
}

export function exchangeFailure(
  reason: ExchangeReason,
  about: { readonly cmdlet: string; readonly said: string; readonly detail?: string },
): ExchangeFailure {
  const [code, sentence] = words[reason](about.cmdlet, about.said.replace(/\.$/, ''));
  const detail = about.detail ? { detail: about.detail } : {};
  return { kind: 'failed', reason, problem: failed(code, sentence).problem, ...detail };
}

const byText: readonly (readonly [RegExp, ExchangeReason])[] = [
  [/TenantDehydrated|Enable-OrganizationCustomization/i, 'dehydrated'],
  [/maximum number of concurrent requests|too many requests|throttl|\bbusy\b/i, 'busy'],
  [
    /AlreadyExists|already exists|already been (taken|used)|name is (already )?(taken|in use)/i,
    'already-exists',
  ],
  [
    /(developer|trial) (or (trial|developer) )?(subscription|tenant|program|organi[sz]ation)|E5 developer/i,
    'developer-tenant',
  ],
  [/(is|are) (still )?(being )?(used|referenced) by|still in use/i, 'not-yet'],
  // What a rule refers to is told apart from the object itself: only New and Set of rules mention connectors.
  [
    /connector .{0,200}(couldn.t|wasn.t|could not|was not|cannot) be found|connector .{0,200}does(n.t| not) exist/i,
    'not-yet',
  ],
  [/managementobjectnotfound|couldn.t be found|wasn.t found|could not be found/i, 'not-found'],
  [/term .{0,200} is not recognized|isn.t recognized as|not recognized as the name of a cmdlet/i, 'rights'],
  [/CmdletAccessDenied|access denied|isn.t (assigned|allowed)|insufficient (access|privileges)/i, 'rights'],
];

function reasonOf(
  status: number,
  { exception, text, isCmdlets }: ErrorText,
  diagnostics: string,
): ExchangeReason {
  if (status === 401) return 'sign-in';
  if (status === 403) return diagnostics === '' && !isCmdlets ? 'stale-token' : 'rights';
  if (status === 429) return 'busy';
  const known = byText.find(([pattern]) => pattern.test(`${exception} ${text}`));
  if (known) return known[1];
  if (status === 408 || status === 502 || status === 503 || status === 504) return 'unreachable';
  if (status === 404 && !isCmdlets) return 'unreachable';
  if (status >= 500) return isCmdlets ? 'refused' : 'unknown';
  return /Parameter|Invalid|Validation|Argument|Format/i.test(exception) ? 'invalid' : 'refused';
}

const words: Readonly<
  Record<ExchangeReason, (cmdlet: string, said: string) => readonly [ProblemCode, string]>
> = {
  'sign-in': () => [
    'SIGNET_SIGN_IN_ENDED',
    'The session at Microsoft is over: sign in again, and the work goes on.',
  ],
  rights: (cmdlet, said) => [
    'SIGNET_EXCHANGE_RIGHTS',
    `The signed-in account may not run ${cmdlet} (${said}): sign in as Exchange Administrator or Global Administrator, with the role activated.`,
  ],
  'stale-token': cmdlet => [
    'SIGNET_EXCHANGE_RIGHTS',
    `Exchange refused ${cmdlet} without a reason: a role that was activated moments ago takes some minutes, or the application has the wrong permission; wait, then sign in again.`,
  ],
  'not-found': (_, said) => [
    'SIGNET_EXCHANGE_REFUSED',
    `Exchange does not find an object (${said}): if it was removed by hand, run this again.`,
  ],
  'already-exists': (_, said) => [
    'SIGNET_CONNECTOR_CONFLICT',
    `Something of that name is there already (${said}): rename or remove it, then run this again.`,
  ],
  dehydrated: () => [
    'SIGNET_EXCHANGE_TENANT',
    'This organisation was never customised, and Exchange then takes no rules or connectors: run Enable-OrganizationCustomization (Signet can ask for it), wait some minutes, and run this again.',
  ],
  'developer-tenant': (_, said) => [
    'SIGNET_EXCHANGE_TENANT',
    `Microsoft allows no inbound connectors in developer and trial subscriptions (${said}): connect a paid tenant.`,
  ],
  'not-yet': (_, said) => [
    'SIGNET_EXCHANGE_BUSY',
    `Exchange is not ready for this step (${said}): wait a minute and run this again.`,
  ],
  invalid: (cmdlet, said) => [
    'SIGNET_EXCHANGE_REFUSED',
    `Exchange refused a value of ${cmdlet} (${said}): correct the setting, or use the manual way and tell Signet's makers.`,
  ],
  busy: () => [
    'SIGNET_EXCHANGE_BUSY',
    'Microsoft limits how fast the tenant may be changed: wait some minutes and run this again.',
  ],
  unreachable: (cmdlet, said) => [
    'SIGNET_EXCHANGE_UNREACHABLE',
    `Exchange Online did not answer ${cmdlet} (${said}): check network and proxy, then run this again.`,
  ],
  cancelled: () => ['SIGNET_SETUP_CANCELLED', 'It was stopped on request: run it again to go on.'],
  unknown: (cmdlet, said) => [
    'SIGNET_EXCHANGE_UNSURE',
    `Nobody knows whether ${cmdlet} was carried out (${said}): run this again, the state is read first.`,
  ],
  refused: (cmdlet, said) => [
    'SIGNET_EXCHANGE_REFUSED',
    `Exchange refused ${cmdlet} (${said}): put that right, then run this again.`,
  ],
};

/** `2000012;reason="The user isn't ...";error_category="..."` */
function diagnosticReason(diagnostics: string) {
  return /reason="([^"]{1,300})"/.exec(diagnostics)?.[1] ?? '';
}

function detailOf(
  { status, headers }: Pick<RawReply, 'status' | 'headers'>,
  error: ErrorText,
  diagnostics: string,
) {
  const id = headers.get('request-id') ?? headers.get('x-ms-request-id');
  return [
    `HTTP ${status}`,
    error.exception,
    error.text,
    diagnostics.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 300),
    id && `request-id ${id.slice(0, 60)}`,
  ]
    .filter(Boolean)
    .join('; ');
}
