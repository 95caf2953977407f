/**
 * Every limit of Signet: name, unit, reason. Mail that goes over a structural limit passes untouched (DESIGN.md 1.1);
 * only those of `relay` refuse or put off a message, each with the reply that stands beside it.
 */
const KiB = 1024;
const MiB = 1024 * KiB;
const second = 1_000;
const minute = 60 * second;

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
  surgery: {
    /** Milliseconds of work on the main loop; what is estimated to take longer goes to a thread (DESIGN.md 4). */
    inlineMs: 50,
    /**
     * Bytes whose structure is read in a millisecond, at worst: 25 MB in 48 nested groups, all lines nearly delimiters,
     * take 1.5 s. Usually 25 MB take 5 to 15 ms.
     */
    worstBytesPerMs: 16_000,
    usualBytesPerMs: 1_000_000,
    /** Lines that may be delimiters, at worst: each may open a header of `mail.headerLines` lines, which take 0.5 ms. */
    delimiterLinesPerMs: 2,
    /**
     * Encoded bytes of text read and written in a millisecond, at worst: 100 KB of `<div>` or of `a: b` take 17 to 23 ms,
     * and twice to six times that in the first call. Usually 1 MB of Word's HTML takes 25 to 65 ms.
     */
    worstTextBytesPerMs: 2_000,
    usualTextBytesPerMs: 15_000,
    /** Encoded bytes of text expected in a message that is too large to be looked into before: letters have less. */
    usualTextBytes: 1 * MiB,
    /** Milliseconds of work for one message; then it goes on untouched. A sender waits for the reply. */
    deadlineMs: 2_000,
    /** Milliseconds on top for a thread that has to start first, in the place of one that was ended. */
    startMs: 3_000,
    /** Milliseconds until a message's turn comes; fifty large letters at once take less. Senders wait ten minutes. */
    waitMs: 10_000,
    /** Threads. One for each of two cores: the main thread sleeps while they work. */
    threads: 2,
    /** Messages waiting for a thread: as many as are in work at all. */
    queue: 50,
    /** MiB of a thread's heap; 10 MB of the worst markup takes some 500. Beyond, the thread dies and the message passes. */
    heapMiB: 1_024,
    /** Bytes of a thread's shared memory: as much as the largest message has. What no message touches costs nothing. */
    memoryBytes: 150 * MiB,
    /** Bytes copied or looked at before others get a turn: below 1 ms, and up to 15 where memory is touched first. */
    stepBytes: 1 * MiB,
    /** Results for one message: each takes a connection to the next hop of its own. */
    variants: 16,
    /** Bytes that all results of one message add to it. Text in base64 is written anew from the signature on, in each. */
    insertedBytes: 48 * MiB,
  },
  directory: {
    /** Milliseconds of work on the main loop before others get a turn; a collection of garbage may come on top. */
    sliceMs: 2,
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
    /** Milliseconds until a TCP connection and a TLS handshake with an LDAP server must stand. */
    ldapConnectMs: 10_000,
    /** Entries of a page, which is taken apart in one go: 200 took up to 20 ms. Active Directory gives 1,000 at most. */
    ldapPageSize: 80,
    /** Entries of a page with photos, of up to 100 KB each in Active Directory. */
    ldapPhotoPage: 20,
    /** Bytes of a photo; a signature shows some 30 KB. */
    photoBytes: 5 * MiB,
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
    /** Changes that a running server logs one by one after an import; more are counted. */
    changesTold: 100,
  },
  relay: {
    /** Bytes of one message; `552 5.3.4` above. Exchange Online itself stops at 150 MB. */
    messageBytes: 150 * MiB,
    /** Bytes of all messages in flight together; `452 4.3.1` when there is no room. Three of the largest fit. */
    budgetBytes: 512 * MiB,
    /** Connections at once; `421 4.3.2` above. Exchange Online opens some dozens for a busy tenant. */
    connections: 200,
    /** Connections at once from one address (IPv6: one /64), so that one peer cannot keep the others out. */
    connectionsPerPeer: 50,
    /** Messages between MAIL and reply at once. The next ones wait their turn, since a reply to MAIL may take minutes. */
    transactions: 50,
    /** How long they wait before `451 4.3.2`. A client waits five minutes for this reply (RFC 5321 4.5.3.2.2). */
    transactionWaitMs: 60 * second,
    /** Recipients of one message; `452 4.5.3` above, and the client sends the rest in another (RFC 5321 4.5.3.1.10). */
    recipients: 1_000,
    /** Bytes of a command line without its line end (RFC 5321 4.5.3.1.4 wants 512, SMTPUTF8 and AUTH need more). */
    commandBytes: 4 * KiB,
    /** Commands that a client may get wrong on one connection before `421 4.7.0`. */
    errors: 10,
    /** Commands without mail (NOOP, RSET, EHLO ...) between two messages before `421 4.7.0`. */
    junkCommands: 50,
    /** Milliseconds for one command line, from our last reply on; trickled bytes do not extend it. */
    commandMs: 60 * second,
    /** The same between two messages: a client that keeps connections for reuse opens another one later. */
    idleMs: 60 * second,
    /** Milliseconds for a TLS handshake, of which an honest one takes a few round trips. */
    handshakeMs: 30 * second,
    /** Milliseconds that DATA may take whatever its size, and the bytes that buy each second above them. */
    dataGraceMs: 60 * second,
    dataBytesPerSecond: 1 * KiB,
    /** Milliseconds that DATA may take at most. */
    dataMs: 10 * minute,
    /** Milliseconds of a connection, after which it ends at the next reply. */
    connectionMs: 20 * minute,
    /** Milliseconds that a wrong password costs: guessing is slow, a mistyped configuration hardly notices. */
    wrongPasswordMs: 1 * second,
    /** Milliseconds that a stop waits for messages whose final dot has gone to the next hop (smtp-relay.md 3.4). */
    stopMs: 310 * second,
  },
  handBack: {
    /** Connections to all next hops at once, and to one. A message takes what it can need, or waits. */
    connections: 200,
    connectionsPerHop: 100,
    /** Idle connections kept for one next hop, and for how long. Exchange Online ends idle ones after some minutes. */
    idlePerHop: 20,
    idleMs: 30 * second,
    /** Messages over one connection, so that load spreads over a next hop's servers. */
    messagesPerConnection: 100,
    /** Milliseconds to connect to one host, and from there to the end of AUTH. */
    connectMs: 15 * second,
    greetingMs: 30 * second,
    /** Milliseconds for everything before the final dots, waiting included, and more for each MiB: all of it can be given up. */
    beforeDotsMs: 45 * second,
    beforeDotsMsPerMiB: 1 * second,
    /** Milliseconds behind the final dots (RFC 5321 4.5.3.2.6 wants ten minutes; the previous hop waits as well). */
    afterDotsMs: 300 * second,
    /** Bytes of one reply; real ones stay under 2 KB. */
    replyBytes: 64 * KiB,
    /** Bytes handed to a socket at a time. */
    sliceBytes: 64 * KiB,
    /** Bytes of a message that goes out together with its final dot when it waits for no other. */
    atOnceBytes: 64 * KiB,
    /** Exchangers of a domain that are tried (RFC 5321 5.1 asks for two at least). */
    exchangers: 5,
    /** Bytes of a refused message's header that a delivery report repeats. */
    reportHeaderBytes: 64 * KiB,
    /** Milliseconds that the ledger remembers: Exchange Online tries for a day, others for two. */
    ledgerMs: 48 * 60 * minute,
    /** Milliseconds in which a recording ends, on disk or not. */
    ledgerRecordMs: 1 * second,
    /** Entries of the ledger, which only odd cases make; beyond it the oldest go and a duplicate may come. */
    ledgerEntries: 200_000,
  },
  signature: {
    /** Characters of one template's source; Outlook's own dialogue makes signatures of 5 to 30 KB. */
    sourceCharacters: 64 * KiB,
    /** Characters of one rendered form. Values that would go beyond it come out empty. */
    outputCharacters: 1 * MiB,
    /** Levels of elements and template blocks together; tables in tables reach 15. */
    templateDepth: 100,
    /** Characters of one value of the directory; streets and departments stay under 100. */
    valueCharacters: 10_000,
    /** Problems and warnings of one kind that are reported of one template; the rest follows from them. */
    reportedFaults: 50,
    /** Bytes of one image, and of all images of one signature: they travel with every mail. */
    imageBytes: 200 * KiB,
    imagesBytes: 1 * MiB,
    /** Numbers and dates whose formatted form is remembered: one busy tenant's people. */
    rememberedFormats: 20_000,
  },
  content: {
    /** Milliseconds for the style sheets of one content of a signature; real ones take 2 to 40. */
    inlineCssMs: 250,
    /** Contents with style sheets whose inlined form is remembered, of some 10 KB each. */
    rememberedCss: 200,
    /** Visiting cards whose QR code is remembered, of some 1 KB each. */
    rememberedCodes: 5_000,
    /** Modules on a side of a QR code, version 20: some 850 bytes. A finer one is not read at 150 pixels. */
    codeModules: 97,
    /** Pixels of a picture that is made smaller: a telephone's has 12 million, which take some 300 MB while at work. */
    pixels: 16_000_000,
    /** Milliseconds for one picture, of which the largest takes some 10,000 on a busy machine. */
    shrinkMs: 60_000,
    /** Milliseconds without a picture after which its thread ends, and MiB of that thread's heap. */
    shrinkIdleMs: 5_000,
    shrinkHeapMiB: 1_024,
    /** Pixels of the longer side and bytes of a person's photo, shown in some 100 pixels. */
    photoPixels: 320,
    photoBytes: 64 * KiB,
    /** Pixels across a picture of which no HTML says how wide it is shown; twice a mail's usual 600. */
    imagePixels: 1_200,
    /** Bytes from which on a picture is made smaller when it has far more pixels than it is shown in. */
    wastefulBytes: 64 * KiB,
    /** Bytes of people's photos in memory: some 2,000 of the 30 KB that a synchronised one has. */
    photoMemoryBytes: 64 * MiB,
    /** Photos that the store is asked for at once, and those that wait: a busy start asks for thousands. */
    photoFetches: 4,
    photosAwaited: 2_000,
  },
  microsoft: {
    /** Milliseconds that Exchange gets to show one change; its own engineers sleep up to a minute between two. */
    consistencyMs: 60 * second,
    /** Milliseconds of the first wait, which doubles up to the longest. */
    firstWaitMs: 1 * second,
    longestWaitMs: 15 * second,
    /** Looks at the tenant in one phase of a set-up: ten objects at most, each with its waits. */
    setupTurns: 150,
    /** Milliseconds that a pilot rule lives; Exchange takes up to an hour until it works. */
    pilotMs: 120 * minute,
    /** Milliseconds of one `Validate-OutboundConnector`, and how often and after what pause it is tried. */
    validationMs: 5 * minute,
    validationAttempts: 4,
    validationPauseMs: 30 * second,
    /** Milliseconds of one request to Exchange. The cmdlet itself may take longer; then the state is read again. */
    requestMs: 110 * second,
    /** Attempts of a read, and of a write that surely did not happen. */
    attempts: 4,
    /** Milliseconds that a `Retry-After` is waited for; a longer one is told to the administrator. */
    retryAfterMs: 120 * second,
    /** Milliseconds for each attempt where Microsoft names no time. */
    retryMs: 3 * second,
    /** Redirects followed by hand, and pages of 1,000 rows. */
    redirects: 3,
    pages: 500,
    /** Bytes of one answer; 1,000 rules of 8 KB each stay under it. */
    answerBytes: 64 * MiB,
    /** Milliseconds of one request to the sign-in, and of one attempt with code and PKCE. */
    signInRequestMs: 30 * second,
    authorizationMs: 15 * minute,
    /** Milliseconds that a sign-in stays after it was last used: a wizard that somebody left for lunch. */
    sessionMs: 60 * minute,
    /** Milliseconds that Exchange may take until a rule works, by its documentation and by experience (4.4.8). */
    ruleMs: 60 * minute,
    /** Milliseconds that a probe is waited for: the rule's time, and a mail's. */
    probeMs: 75 * minute,
    /** Milliseconds between two looks for a probe, and between two signs of life of a run. */
    probeLookMs: 2 * second,
    runSeenMs: 15 * second,
    /** Milliseconds that the relay, perhaps of another process, takes to follow what was stored: a look and a margin. */
    relayFollowsMs: 2 * second,
    /** Milliseconds during which the route secret before is taken (PRODUCT.md 7): mail waits at Exchange that long. */
    secretBeforeMs: 24 * 60 * minute,
    /** Milliseconds before its end at which an access token is asked for anew. */
    tokenMarginMs: 5 * minute,
  },
  snapshot: {
    /** Milliseconds between two looks at the tenants' revisions: one small query. */
    followMs: 1_000,
  },
  store: {
    /** Milliseconds a database thread waits for another process's lock (`signet admin`, a backup tool). */
    busyMs: 5_000,
    /** KiB of pages kept by the thread that writes: an import touches few tables. */
    writerCacheKiB: 16_000,
    /** KiB of pages kept by each thread that reads. */
    readerCacheKiB: 8_000,
    /** Threads that read; the second one starts when a long search keeps the first one busy. */
    readers: 2,
    /** Rows that come from a database thread at once: cloning them stays far below the 10 ms of the main loop. */
    pageRows: 500,
    /** Rows of ids and hashes at once: two short texts each. */
    idRows: 1_000,
    /** Rows of one batch of a bulk import, and of one slice of a snapshot: 250 held the main loop for 5 ms. */
    batchRows: 100,
    /** Rows that one transaction of the housekeeping removes, so that the log's batches get in between. */
    deleteRows: 5_000,
    /** Backups that the nightly job keeps where no setting says otherwise. */
    nightlyBackups: 7,
  },
  recorder: {
    /** Milliseconds from an entry to its batch: what a kill may cost. */
    batchMs: 1_000,
    /** Entries of one batch: its clone costs a few milliseconds at most. */
    batchEntries: 100,
    /** Log entries that wait while the database cannot be written: a busy day's hour, some 50 MB. */
    queuedEntries: 50_000,
    /** Milliseconds that stopping waits for the last batches. */
    closeMs: 5_000,
    /** Seats remembered as written, so that they are not written again for every message. */
    rememberedSeats: 200_000,
  },
  web: {
    /** Bytes of a form; a signature's source of 64 Ki characters fits. */
    formBytes: 512 * KiB,
    /** Bytes of a form with a file: a list of 50,000 people has some 15 MB. */
    uploadBytes: 24 * MiB,
    /** Milliseconds a session lasts without a request, and at all (ASVS 5.0, 7.3). */
    idleSessionMs: 30 * minute,
    sessionMs: 12 * 60 * minute,
    /** Milliseconds between the passphrase and the second factor. */
    halfSessionMs: 10 * minute,
    /** Milliseconds for which a shown second factor counts before dangerous acts. */
    proofMs: 15 * minute,
    /** Milliseconds for which a link to a new account or passphrase works. */
    invitationMs: 3 * 24 * 60 * minute,
    /** Milliseconds between two notes of when a session was seen: not every picture is a write. */
    touchMs: 1 * minute,
    /** Milliseconds from the first byte of a request to the last one, and of its header. */
    requestMs: 60 * second,
    /** Requests of one address in a minute; a person with a script of ours makes some 200. */
    requestsPerMinute: 1_200,
    /** Rows of a page of a list. */
    pageRows: 50,
    /** Groups of a tenant shown at once; the search finds the others. */
    groupChoices: 50,
    /** Tenants that the switcher shows at once. */
    tenantChoices: 20,
    /** Bytes of a page from which on it is compressed. */
    compressBytes: 1 * KiB,
    /** Milliseconds for which counts of today are shown without asking again. */
    countsMs: 5 * second,
    /** Milliseconds after its end when a day is complete: entries may wait in memory while the database is locked. */
    dayCloseMs: 60 * minute,
  },
} as const;
