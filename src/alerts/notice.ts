/** A notice as mail: plain text, one paragraph for each alert, marked so that no out-of-office answers it (RFC 3834 5). */
import MailComposer from 'nodemailer/lib/mail-composer';
import type { ActiveAlert } from './alert.ts';
import type { Notice } from './alerts.ts';

export type NoticeMail = {
  readonly from: string;
  readonly to: readonly string[];
  /** This server's name, for the subject and the Message-ID. */
  readonly hostname: string;
  readonly nameOf: (tenantId: string) => string;
  /** Where the admin pages are, when that is known. */
  readonly url?: string;
  readonly now: number;
  /** Without angle brackets; unique. */
  readonly messageId: string;
};

/** Only what concerns these tenants and, where asked for, the appliance. */
export function noticeFor(notice: Notice, concerns: (tenantId: string | undefined) => boolean): Notice {
  const mine = (alerts: readonly ActiveAlert[]) => alerts.filter(({ tenantId }) => concerns(tenantId));
  return { raised: mine(notice.raised), cleared: mine(notice.cleared) };
}

export function noticeText(notice: Notice, { nameOf, url }: Pick<NoticeMail, 'nameOf' | 'url'>): string {
  const where = ({ tenantId }: ActiveAlert) => (tenantId === undefined ? '' : ` (${nameOf(tenantId)})`);
  const raised = notice.raised.map(
    alert => `${alert.sentence}${where(alert)}\nsince ${timeOf(alert.since)}, ${alert.code}\n`,
  );
  const cleared = notice.cleared.map(
    alert => `Over: ${alert.sentence}${where(alert)}\nit began ${timeOf(alert.since)}, ${alert.code}\n`,
  );
  const end = url === undefined ? [] : [`Signet: ${url}\n`];
  return [...raised, ...cleared, ...end].join('\n');
}

export function subjectOf({ raised, cleared }: Notice, hostname: string): string {
  const [first] = raised;
  if (raised.length === 1 && first) return `Signet on ${hostname}: ${shortened(first.sentence)}`;
  if (raised.length > 1) return `Signet on ${hostname}: ${raised.length} things need attention`;
  const [over] = cleared;
  return cleared.length === 1 && over
    ? `Signet on ${hostname}: over: ${shortened(over.sentence)}`
    : `Signet on ${hostname}: ${cleared.length} alerts are over`;
}

/** A whole message with CRLF line ends. */
export function composeNotice(notice: Notice, mail: NoticeMail): Promise<Buffer> {
  const { from, to, hostname, now, messageId } = mail;
  return new MailComposer({
    from: { name: 'Signet', address: from },
    to: [...to],
    subject: subjectOf(notice, hostname),
    text: noticeText(notice, mail),
    date: new Date(now),
    messageId: `<${messageId}@${hostname}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

function timeOf(at: number) {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function shortened(sentence: string) {
  const [clause = ''] = sentence.split(': ');
  return clause.length > 80 ? `${clause.slice(0, 79)}…` : clause;
}
