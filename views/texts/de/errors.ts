import type { Texts } from '../texts.ts';

export const errors: Texts['errors'] = {
  wayOn: 'Zur Startseite',
  requestId: 'Zum Suchen im Protokoll:',
  'not-found': {
    title: 'Diese Seite gibt es nicht',
    sentence: 'Sie wurde vielleicht entfernt, oder ihre Adresse enthält einen Tippfehler.',
  },
  forbidden: {
    title: 'Ihr Konto darf das nicht',
    sentence: 'Ein Eigentümer kann ihm unter Einstellungen, Konten eine andere Rolle geben.',
  },
  forged: {
    title: 'Das Formular war zu alt',
    sentence:
      'Es kam nicht von einer Seite Ihrer jetzigen Sitzung; geändert wurde nichts. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.',
  },
  'wrong-method': { title: 'Diese Adresse ist für etwas anderes', sentence: 'Geändert wurde nichts.' },
  'too-large': {
    title: 'Das war zu viel',
    sentence: 'Das Gesendete ist größer, als diese Seite annimmt. Geändert wurde nichts.',
  },
  malformed: {
    title: 'Das Formular war nicht lesbar',
    sentence:
      'Geändert wurde nichts. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.',
  },
  'too-many': {
    title: 'Zu viele Versuche auf einmal',
    sentence: 'Warten Sie eine Minute und versuchen Sie es dann noch einmal.',
  },
  insecure: {
    title: 'Diese Verbindung ist nicht verschlüsselt',
    sentence:
      'Unverschlüsselt antwortet Signet nur auf der eigenen Maschine. Nehmen Sie die https-Adresse, oder nennen Sie den Proxy vor Signet in SIGNET_TRUSTED_PROXIES.',
  },
  'unknown-name': {
    title: 'Diesen Namen kennt Signet nicht',
    sentence:
      'Es antwortet unter seiner Adresse, unter „localhost“ und unter den Namen in SIGNET_PUBLIC_URL und SIGNET_HOSTNAME: setzen Sie eines davon auf den Namen, den Sie benutzen.',
  },
  'no-trail': {
    title: 'Nichts ist geschehen, weil es sich nicht aufschreiben ließ',
    sentence:
      'Signet tut dies nur mit einem Eintrag im Änderungsprotokoll, und die Datenbank nimmt gerade keinen an. Mail läuft weiter. Sehen Sie nach, ob die Platte voll ist, und versuchen Sie es dann noch einmal.',
  },
  internal: {
    title: 'In Signet ist ein Fehler aufgetreten',
    sentence:
      'Mail ist davon nicht betroffen. Versuchen Sie es noch einmal; bleibt er, melden Sie ihn mit der Nummer unten.',
  },
};
