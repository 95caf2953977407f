/**
 * Every limit of Signet: name, unit, reason. Mail that goes over a structural limit passes untouched (DESIGN.md 1.1);
 * nothing here ever refuses a message by itself.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  mail: {
    /** Bytes of one header block. A real one stays under 100 KB; mailsplit stops at the same size. */
    headerBlockBytes: 1 * MiB,
    /** Lines of one header block; a block of empty-valued fields is a way to burn memory. */
    headerLines: 2_000,
    /** Levels of nested multiparts. Postfix's `mime_nesting_limit` is 100; people reach 6. */
    structureDepth: 50,
    /** Body parts in one message, leaves and multiparts together. */
    structureParts: 1_000,
    /** Characters of a boundary. RFC 2046 allows 70; some senders exceed it. */
    boundaryLength: 256,
    /** Encoded bytes of a text part that is still edited; a longer one is a data dump, not a letter. */
    textPartBytes: 10 * MiB,
    /** Characters of the newest text in which rules look for words; nobody writes more by hand. */
    newTextCharacters: 100_000,
    /** Bytes of a line, without CRLF, that Signet makes (RFC 5322 2.1.1). */
    lineBytes: 998,
    /** Bytes of a line in re-encoded quoted-printable and base64 text (RFC 2045 6.7, 6.8). */
    encodedLineBytes: 76,
  },
  directory: {
    /** Milliseconds of work on the main loop before others get a turn; half of what DESIGN.md 6 allows. */
    sliceMs: 4,
    /** Characters of one CSV record; the longest seen, with a member list in a cell, have some 20,000. */
    recordCharacters: 64 * KiB,
    /** Lines of one CSV record: a quote that nobody closed would else swallow the file. */
    recordLines: 100,
    /** Columns of a CSV file. Exchange's `Get-Mailbox` exports about 250. */
    columns: 1_000,
    /** Entries left out that are kept with their place; the rest is only counted. */
    rejectionsKept: 1_000,
    /** Characters of one value; longer ones are cut, since no signature shows them. */
    valueCharacters: 2_000,
    /** Aliases of one person; Exchange Online allows 400. */
    aliases: 500,
    /** Groups one person is in, nested ones included; a Windows token holds 1,015. */
    groupsPerPerson: 2_000,
  },
  bundle: {
    /** Characters of a bundle; an export with every image of a hundred tenants stays under it. */
    textCharacters: 64 * MiB,
    /** Values that a bundle makes, aliases followed; 10,000 rules are about 100,000. Ends "billion laughs". */
    values: 4_000_000,
    /** Levels of nesting; the schema has eight. */
    depth: 50,
    /** Bytes of one file that a bundle names. An image of a megabyte is beyond what mail carries well. */
    fileBytes: 8 * MiB,
    /** Mistakes that are listed; whoever has more sees the rest after correcting these. */
    problems: 100,
  },
} as const;
