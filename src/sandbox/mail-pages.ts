/** Pages of the simulated mailboxes: list, read (in a frame that runs nothing), source, and writing a mail as anybody of a tenant. */
import { type Answer, formOf, type Request } from './http.ts';
import type { SandboxMail } from './mail.ts';
import { type Html, html, page } from './page.ts';
import { readMail } from './read-mail.ts';
import type { State } from './state.ts';
import { mailClients, writeMail } from './written-mail.ts';

export type MailPagesNeeds = { readonly state: State; readonly mail: () => SandboxMail };

/** Undefined for paths of others. */
export function answerMailPage(needs: MailPagesNeeds, request: Request): Answer | undefined {
  const { pathname } = request.url;
  const [, kind, key = '', more] =
    /^\/sandbox\/(mail|message|write)(?:\/([^/]+))?(\/source)?$/.exec(pathname) ?? [];
  if (kind === 'write') return request.method === 'POST' ? send(needs, request) : form(needs);
  if (request.method !== 'GET') return undefined;
  if (kind === 'mail') return key === '' ? mailboxes(needs) : mailbox(needs, decodeURIComponent(key));
  if (kind === 'message') return message(needs, key, more !== undefined);
  return undefined;
}

function link(href: string, text: string): Html {
  return html`<a href="${href}">${text}</a>`;
}

const ways = html`<p><a href="/sandbox">Simulation</a> · <a href="/sandbox/mail">Mailboxes</a> ·
<a href="/sandbox/write">Write a mail</a></p>`;

function mailboxes({ mail }: MailPagesNeeds): Answer {
  const rows = mail()
    .mailboxes.owners()
    .map(owner => {
      const count = mail().mailboxes.list(owner, 'inbox').length;
      return html`<li>${link(`/sandbox/mail/${encodeURIComponent(owner)}`, owner)} (${count})</li>`;
    });
  const list = rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>No mail yet.</p>`;
  const waiting = mail()
    .waiting()
    .map(({ label, status }) => html`<li><code>${label}</code>: ${status}</li>`);
  return page(200, 'Mailboxes', html`${ways}${list}<h2>Waiting in Exchange</h2><ul>${waiting}</ul>`);
}

function mailbox({ mail }: MailPagesNeeds, owner: string): Answer {
  const folder = (title: string, name: 'inbox' | 'sent') => {
    const rows = mail()
      .mailboxes.list(owner, name)
      .slice(0, 200)
      .map(({ id, bytes, sender, receivedAt, isFromOutside }) => {
        const subject = readMail(bytes).subject || '(no subject)';
        const tag = isFromOutside ? ' (external)' : '';
        return html`<li>${link(`/sandbox/message/${id}`, subject)}<br>
<small>${sender}${tag}, ${new Date(receivedAt).toISOString().slice(0, 19).replace('T', ' ')}</small></li>`;
      });
    return html`<h2>${title}</h2><ul>${rows}</ul>`;
  };
  return page(200, owner, html`${ways}${folder('Inbox', 'inbox')}${folder('Sent Items', 'sent')}`);
}

function message({ mail }: MailPagesNeeds, id: string, isSource: boolean): Answer {
  const stored = mail().mailboxes.find(id);
  if (!stored) return page(404, 'No such message', ways);
  if (isSource)
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: stored.bytes,
    };
  const { subject, html: shown, text, attachments } = readMail(stored.bytes);
  const header = stored.bytes.subarray(0, stored.bytes.indexOf('\r\n\r\n')).toString('utf8');
  const messageId = /^Message-ID:\s*(\S+)/im.exec(header)?.[1] ?? '';
  const steps = mail()
    .trace.entries(messageId)
    .map(entry => html`<li>${entry.text}</li>`);
  const files = attachments.map(({ name, bytes }) => html`<li>${name}, ${bytes} bytes</li>`);
  return page(
    200,
    subject || '(no subject)',
    html`${ways}<p>From ${stored.sender} to ${stored.recipients.join(', ')}.
${stored.dkim === undefined ? '' : `DKIM at the receiver: ${stored.dkim}.`} ${link(`/sandbox/message/${id}/source`, 'Source')}</p>
${shown === undefined ? html`` : html`<iframe sandbox title="The message" srcdoc="${shown}"></iframe>`}
<h2>Plain text</h2><pre>${text ?? '(none)'}</pre>
<h2>Attachments</h2><ul>${files}</ul><h2>Its way</h2><ol>${steps}</ol><h2>Header</h2><pre>${header}</pre>`,
    { isWide: true },
  );
}

function form({ state }: MailPagesNeeds, problem = ''): Answer {
  const people = [...state.tenants.values()].flatMap(({ directory }) =>
    directory.people().filter(({ mail, mailbox }) => mail !== null && mailbox !== 'none'),
  );
  const options = people.map(
    ({ mail, displayName, department }) =>
      html`<option value="${mail ?? ''}">${displayName} (${department ?? 'no department'})</option>`,
  );
  const clients = mailClients.map(name => html`<option>${name}</option>`);
  return page(
    problem ? 400 : 200,
    'Write a mail',
    html`${ways}${problem ? html`<p role="alert"><b>${problem}</b></p>` : html``}<form method="post" action="/sandbox/write">
<label for="from">From</label><select id="from" name="from">${options}</select>
<label for="to">To (with commas between)</label><input type="text" id="to" name="to" value="kim.akers@fabrikam.example">
<label for="subject">Subject</label><input type="text" id="subject" name="subject" value="The figures">
<label for="client">Written with</label><select id="client" name="client">${clients}</select>
<label for="text">Text</label><textarea id="text" name="text" rows="6">Hello Kim,

here are the figures, as agreed.</textarea>
<p><label><input type="checkbox" name="reply" value="yes"> It is a reply</label>
<label><input type="checkbox" name="attachment" value="yes"> With an attachment</label></p>
<button>Send</button></form>`,
  );
}

/** Undefined when it is on its way, else why not. */
function sent({ state, mail }: MailPagesNeeds, fields: URLSearchParams): string | undefined {
  const found = state.findPerson(fields.get('from') ?? '');
  const to = (fields.get('to') ?? '').split(/[\s,;]+/).filter(Boolean);
  const client = mailClients.find(name => name === fields.get('client'));
  if (!found || client === undefined) return 'Nobody here has this address.';
  if (to.length === 0 || to.some(address => !/^[^\s@<>]+@[^\s@<>]+$/.test(address)))
    return 'Write one address or more, with commas between.';
  const address = found.person.mail ?? found.person.userPrincipalName;
  const isWith = fields.get('attachment') === 'yes';
  const bytes = writeMail(
    {
      from: { name: found.person.displayName, address },
      subject: (fields.get('subject') ?? '').replaceAll(/[\r\n]/g, ' '),
      text: (fields.get('text') ?? '').replaceAll('\r\n', '\n'),
      isReply: fields.get('reply') === 'yes',
      ...{ to, client },
      ...(isWith ? { attachment: { name: 'figures.csv', bytes: Buffer.from('month,sum\n1,100\n') } } : {}),
    },
    { unique: state.random(8).toString('hex'), now: state.time.now() },
  );
  mail().submit(found.tenant, { sender: address, recipients: to, bytes });
  return undefined;
}

function send(needs: MailPagesNeeds, request: Request): Answer {
  const fields = formOf(request);
  const problem = sent(needs, fields);
  if (problem !== undefined) return form(needs, problem);
  const [first = ''] = (fields.get('to') ?? '').split(/[\s,;]+/).filter(Boolean);
  return { status: 303, headers: { location: `/sandbox/mail/${encodeURIComponent(first.toLowerCase())}` } };
}
