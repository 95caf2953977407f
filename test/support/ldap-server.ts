/**
 * A scripted LDAP server for what slapd does not do: Active Directory's ranges, binary ids, referrals between entries, and
 * faults in the middle of a page. It answers over plain TCP; BER is the library's, the protocol (RFC 4511) is ours.
 */
import { createServer, type Socket } from 'node:net';
import {
  BerReader,
  BerWriter,
  PagedResultsControl,
  SearchRequest as Request,
  type SearchRequest,
} from 'ldapts';

export type ScriptedEntry = {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;
};

export type Script = {
  /** Accepts this account only. */
  readonly name: string;
  readonly password: string;
  readonly root: ScriptedEntry['attributes'];
  readonly entries: readonly ScriptedEntry[];
  /** Values of `member` that are given at once; the rest must be asked for by range (MS-ADTS 3.1.1.3.1.3.3). */
  readonly rangeSize: number;
  /** What happens instead of the answer to the n-th search, from 1. */
  readonly faults?: Readonly<Record<number, 'drop' | 'silence' | number>>;
};

export type ScriptedServer = {
  readonly url: string;
  readonly searches: readonly SearchRequest[];
  /** Connections that were made. */
  readonly connections: () => number;
  /** Names and passwords that arrived. */
  readonly binds: () => number;
  readonly close: () => Promise<void>;
};

export async function startLdapServer(script: Script): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const searches: SearchRequest[] = [];
  let connections = 0;
  let binds = 0;
  const server = createServer(socket => {
    connections++;
    // Many small writes, each answer in several: Nagle's algorithm would wait for the client's delayed ACK.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let pending = Buffer.alloc(0);
    let isBound = false;
    socket.on('data', data => {
      pending = Buffer.concat([pending, data]);
      for (let message = cut(pending); message; message = cut(pending)) {
        pending = pending.subarray(message.size);
        if (message.operation === bind) binds++;
        isBound = answer({ ...message, socket, script, searches, isBound });
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    searches,
    connections: () => connections,
    binds: () => binds,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

type Message = { readonly id: number; readonly operation: number; readonly reader: BerReader };

function cut(pending: Buffer): (Message & { readonly size: number }) | undefined {
  const reader = new BerReader(pending);
  if (reader.readSequence() === null || reader.remain < reader.length) return undefined;
  const size = reader.offset + reader.length;
  const id = reader.readInt() ?? 0;
  return { id, operation: reader.readSequence() ?? 0, reader, size };
}

type Turn = Message & {
  readonly socket: Socket;
  readonly script: Script;
  readonly searches: SearchRequest[];
  readonly isBound: boolean;
};

const bind = 0x60;
const search = 0x63;
const extended = 0x77;

function answer(turn: Turn): boolean {
  const { id, operation, reader, socket, script, isBound } = turn;
  if (operation === bind) {
    reader.readInt();
    const isRight = reader.readString() === script.name && reader.readString(0x80) === script.password;
    socket.write(result(id, 0x61, isRight ? 0 : 49));
    return isRight;
  }
  if (operation === search) answerSearch(turn);
  // StartTLS: protocolError, as a server without it says.
  if (operation === extended) socket.write(result(id, 0x78, 2));
  return isBound;
}

function answerSearch({ id, reader, socket, script, searches, isBound }: Turn) {
  const request = new Request({ messageId: id } as ConstructorParameters<typeof Request>[0]);
  request.attributes = [];
  request.parse(reader, []);
  searches.push(request);
  const fault = script.faults?.[searches.length];
  if (fault === 'drop') return void socket.destroy();
  if (fault === 'silence') return;
  // Active Directory: "a successful bind must be completed on the connection".
  if (fault !== undefined || !isBound) return void socket.write(result(id, 0x65, fault ?? 1));
  const { entries, cookie } = pageOf(request, script);
  for (const entry of entries) socket.write(searchEntry(id, entry, request, script));
  if (request.scope !== 'base') socket.write(reference(id));
  socket.write(result(id, 0x65, 0, request.scope === 'base' ? undefined : cookie));
}

function pageOf(request: SearchRequest, { entries, root }: Script) {
  if (request.baseDN === '') return { entries: [{ dn: '', attributes: root }], cookie: '' };
  if (request.scope === 'base')
    return { entries: entries.filter(({ dn }) => dn === request.baseDN), cookie: '' };
  const isGroups = request.filter.toString().includes('=group)');
  const wantsPhoto = request.filter.toString().includes('thumbnailPhoto=*');
  const all = entries.filter(({ attributes }) =>
    wantsPhoto ? 'thumbnailPhoto' in attributes : 'member' in attributes === isGroups,
  );
  const paging = request.controls?.find(control => control instanceof PagedResultsControl);
  const start = Number(paging?.value?.cookie?.toString() || 0);
  const end = start + (paging?.value?.size ?? all.length);
  return { entries: all.slice(start, end), cookie: end < all.length ? String(end) : '' };
}

function message(
  id: number,
  operation: number,
  body: (writer: BerWriter) => void,
  after = (_: BerWriter) => {},
) {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  body(writer);
  writer.endSequence();
  after(writer);
  writer.endSequence();
  return writer.buffer;
}

function result(id: number, operation: number, code: number, cookie?: string) {
  return message(
    id,
    operation,
    writer => {
      writer.writeEnumeration(code);
      writer.writeString('');
      writer.writeString(code === 0 ? '' : 'scripted');
    },
    writer => {
      if (cookie === undefined) return;
      writer.startSequence(0xa0);
      new PagedResultsControl({ value: { size: 0, cookie: Buffer.from(cookie) } }).write(writer);
      writer.endSequence();
    },
  );
}

function reference(id: number) {
  return message(id, 0x73, writer => writer.writeString('ldap://other.firm.example/DC=other'));
}

function searchEntry(id: number, { dn, attributes }: ScriptedEntry, request: SearchRequest, script: Script) {
  return message(id, 0x64, writer => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(attributes)) {
      const list = [values].flat();
      if (name === 'member') writeMembers(writer, list, request, script.rangeSize);
      else if (request.attributes.includes(name.toLowerCase())) writeAttribute(writer, name, list);
    }
    writer.endSequence();
  });
}

/** A plain request for many values is answered by an empty `member` and the first range, as Active Directory does. */
function writeMembers(
  writer: BerWriter,
  all: readonly (string | Buffer)[],
  { attributes }: SearchRequest,
  size: number,
) {
  const asked = attributes.map(name => /^member(?:;range=(\d+)-\*)?$/.exec(name)).find(Boolean);
  if (!asked) return;
  const start = Number(asked[1] ?? 0);
  if (asked[1] === undefined && all.length <= size) return writeAttribute(writer, 'member', all);
  if (asked[1] === undefined) writeAttribute(writer, 'member', []);
  const isLast = start + size >= all.length;
  const name = `member;range=${start}-${isLast ? '*' : start + size - 1}`;
  writeAttribute(writer, name, all.slice(start, start + size));
}

function writeAttribute(writer: BerWriter, name: string, values: readonly (string | Buffer)[]) {
  writer.startSequence();
  writer.writeString(name);
  writer.startSequence(0x31);
  for (const value of values) writer.writeBuffer(Buffer.from(value as string), 0x04);
  writer.endSequence();
  writer.endSequence();
}
