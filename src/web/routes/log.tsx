/** `GET /tenants/:tenantId/log` and `.../log/:messageId`: what became of each message, and why. */
import { MessageLog } from '../../../views/log/index.tsx';
import type { MessageRow } from '../../../views/log/rows.tsx';
import { MessagePage } from '../../../views/log/show.tsx';
import type { MessageCursor, MessageEntry, MessageSearch } from '../../store/messages.ts';
import type { Answer } from '../answer.ts';
import { resultOf } from '../dashboard.ts';
import { HttpFault } from '../http-fault.ts';
import { decidedOf, factsOf, healthOf } from '../message-words.ts';
import type { WebNeeds } from '../needs.ts';
import { tenantOf, type Visit } from '../visit.ts';

const pageRows = 50;
/** Results that are offered: those that came in this time. */
const reasonsMs = 90 * 86_400_000;
const textNames = ['sender', 'recipient', 'reason', 'id'] as const;

export function listMessages({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page, query } = visit;
    const { id: tenantId } = tenantOf(visit);
    const texts = Object.fromEntries(textNames.map(name => [name, query.text(name).trim()]));
    const given = Object.entries(texts).filter(([, text]) => text !== '');
    const search: MessageSearch = { tenantId, ...Object.fromEntries(given) };
    const after = cursorOf(query.text('after'));
    const [found, reasons] = await Promise.all([
      store.messages.searchMessages(search, { size: pageRows, ...(after ? { after } : {}) }),
      store.messages.countReasons(tenantId, page.format.now - reasonsMs),
    ]);
    const action = logPath(tenantId);
    const { sender = '', recipient = '', reason = '', id = '' } = texts;
    const { title } = page.texts.log;
    return {
      kind: 'page',
      title,
      view: (
        <MessageLog
          page={page}
          action={action}
          search={{ sender, recipient, reason, id, reasons: Object.keys(reasons).toSorted() }}
          isSearch={given.length > 0}
          rows={found.entries.map(entry => rowOf(visit, entry))}
          isFirstPage={after === undefined}
          {...(found.next ? { older: olderPath(action, given, found.next) } : {})}
        />
      ),
    };
  };
}

export function showMessage({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page, params } = visit;
    const { id: tenantId } = tenantOf(visit);
    const entry = await store.messages.findMessage(tenantId, params.messageId ?? '');
    if (!entry) throw new HttpFault(404, 'not-found');
    const title = page.texts.log.messageTitle(resultOf(page, entry));
    return {
      kind: 'page',
      title,
      view: (
        <MessagePage
          page={page}
          title={title}
          logHref={logPath(tenantId)}
          decisions={decidedOf(entry)}
          facts={factsOf(page, entry)}
          record={JSON.stringify(entry.detail, null, 2)}
        />
      ),
    };
  };
}

function logPath(tenantId: string) {
  return `/tenants/${encodeURIComponent(tenantId)}/log`;
}

function rowOf(visit: Visit, entry: MessageEntry): MessageRow {
  return {
    href: `${logPath(tenantOf(visit).id)}/${encodeURIComponent(entry.id)}`,
    at: entry.at,
    sender: entry.sender,
    recipients: entry.recipients,
    result: resultOf(visit.page, entry),
    health: healthOf(entry),
  };
}

function olderPath(action: string, given: readonly (readonly [string, string])[], next: MessageCursor) {
  const query = new URLSearchParams([
    ...given.map(([name, text]) => [name, text]),
    ['after', cursorText(next)],
  ]);
  return `${action}?${query}`;
}

function cursorText({ at, id }: MessageCursor) {
  return `${at}.${id}`;
}

/** What is no cursor of ours means the first page. */
function cursorOf(text: string): MessageCursor | undefined {
  const [, at, id] = /^(\d{1,16})\.(\S{1,100})$/.exec(text) ?? [];
  return at !== undefined && id !== undefined ? { at: Number(at), id } : undefined;
}
