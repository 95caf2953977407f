export const errors = {
  wayOn: 'Go to the start page',
  requestId: 'For searching in the log:',
  'not-found': {
    title: 'There is no such page',
    sentence: 'It may have been removed, or its address has a typing mistake.',
  },
  forbidden: {
    title: 'Your account may not do this',
    sentence: 'An owner can give it another role in Settings, Accounts.',
  },
  forged: {
    title: 'The form was too old',
    sentence:
      'It did not come from a page of your present session, so nothing was changed. Go back, reload the page and try again.',
  },
  'wrong-method': { title: 'This address is for something else', sentence: 'Nothing was changed.' },
  'too-large': {
    title: 'That was too much',
    sentence: 'What was sent is larger than this page takes. Nothing was changed.',
  },
  malformed: {
    title: 'The form could not be read',
    sentence: 'Nothing was changed. Go back, reload the page and try again.',
  },
  'too-many': { title: 'Too many attempts at once', sentence: 'Wait a minute, then try again.' },
  insecure: {
    title: 'This connection is not encrypted',
    sentence:
      'Signet answers without encryption only on its own machine. Use the https address, or name the proxy before Signet in SIGNET_TRUSTED_PROXIES.',
  },
  'unknown-name': {
    title: 'Signet does not know this name',
    sentence:
      'It answers to its own address, to “localhost”, and to the names in SIGNET_PUBLIC_URL and SIGNET_HOSTNAME: set one of them to the name you use.',
  },
  'no-trail': {
    title: 'Nothing was done, since it could not be written down',
    sentence:
      'Signet does this only with an entry in its audit trail, and the database takes none at the moment. Mail goes on. See whether the disk is full, then try again.',
  },
  internal: {
    title: 'Signet met a fault of its own',
    sentence: 'Mail is not affected by this. Try again; if it stays, report it with the id below.',
  },
};
