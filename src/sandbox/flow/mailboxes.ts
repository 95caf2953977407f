/** Where simulated mail ends up: people's mailboxes with Inbox and Sent Items, and one for each address outside. */

export type Folder = 'inbox' | 'sent';

export type StoredMessage = {
  readonly id: string;
  readonly owner: string;
  readonly folder: Folder;
  readonly receivedAt: number;
  readonly bytes: Buffer;
  /** Envelope of this copy. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The tenant holds it for mail from outside: shown with an "External" tag. */
  readonly isFromOutside: boolean;
  /** Outside only: what the receiving server found. */
  readonly dkim?: 'none' | 'pass' | 'fail';
};

export type Mailboxes = {
  readonly put: (message: Omit<StoredMessage, 'id'>) => StoredMessage;
  /** Newest first. */
  readonly list: (owner: string, folder: Folder) => readonly StoredMessage[];
  readonly find: (id: string) => StoredMessage | undefined;
  /** Addresses that have mail, in order. */
  readonly owners: () => readonly string[];
  readonly onPut: (listener: (message: StoredMessage) => void) => () => void;
};

/** A mailbox that is full forgets its oldest message: the sandbox may run for days. */
export function createMailboxes(mostPerFolder = 2_000): Mailboxes {
  const folders = new Map<string, StoredMessage[]>();
  const byId = new Map<string, StoredMessage>();
  const listeners = new Set<(message: StoredMessage) => void>();
  let count = 0;

  function put(message: Omit<StoredMessage, 'id'>): StoredMessage {
    count += 1;
    const stored = { ...message, owner: message.owner.toLowerCase(), id: String(count) };
    const key = keyOf(stored.owner, stored.folder);
    const folder = folders.get(key) ?? [];
    folders.set(key, folder);
    folder.unshift(stored);
    byId.set(stored.id, stored);
    for (const gone of folder.splice(mostPerFolder)) byId.delete(gone.id);
    for (const listener of [...listeners]) listener(stored);
    return stored;
  }

  return {
    put,
    list: (owner, folder) => [...(folders.get(keyOf(owner.toLowerCase(), folder)) ?? [])],
    find: id => byId.get(id),
    owners: () => [...new Set([...byId.values()].map(({ owner }) => owner))].sort(),
    onPut: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function keyOf(owner: string, folder: Folder) {
  return `${folder} ${owner}`;
}
