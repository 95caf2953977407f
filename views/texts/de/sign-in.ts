import type { Texts } from '../texts.ts';

export const signIn: Texts['signIn'] = {
  title: 'Anmelden',
  name: 'Name',
  password: 'Passphrase',
  submit: 'Anmelden',
  signOut: 'Abmelden',
  signedOut: 'Sie sind abgemeldet.',
  wrong: 'Name oder Passphrase ist falsch.',
  forgotten: 'Vergessen? Wer Zugang zum Server hat, kann „signet admin reset-password NAME“ ausführen.',
  setupTitle: 'Das erste Konto anlegen',
  setupIntro:
    'Es wird Eigentümer dieses Signet. Der Einmalcode steht in Signets Protokoll, in der Zeile „first run“.',
  code: 'Einmalcode',
  codeHint: 'Bei jedem Start neu, bis das erste Konto angelegt ist.',
  codeWrong:
    'Das ist nicht der Code von Signets letztem Start. Kopieren Sie ihn aus der neuesten Zeile „first run“ des Protokolls.',
  passwordHint: 'Mindestens 12 Zeichen; am besten einige Wörter. Einfügen ist willkommen.',
  makeAccount: 'Konto anlegen',
  already: 'Das erste Konto ist schon angelegt. Melden Sie sich damit an.',
  nameMissing: 'Wählen Sie einen Namen mit 1 bis 100 Zeichen.',
  passwordFaults: {
    short: 'Nehmen Sie mindestens 12 Zeichen.',
    long: 'Nehmen Sie höchstens 256 Zeichen.',
    common: 'Diese gehört zu den ersten, die Angreifer versuchen. Wählen Sie eine andere.',
    personal: 'Sie enthält Ihren Namen, den eines Mandanten oder „Signet“. Wählen Sie eine andere.',
  },
  secondTitle: 'Zweiter Schritt',
  secondIntro: 'Zeigen Sie, dass Sie es sind.',
  totp: 'Code aus der Authentifizierungs-App',
  totpHint:
    'Sechs Ziffern. Werden Codes immer wieder abgelehnt, prüfen Sie die Uhren des Telefons und dieses Servers.',
  totpWrong: 'Dieser Code ist falsch oder schon benutzt. Warten Sie auf den nächsten.',
  recovery: 'Oder ein Wiederherstellungscode',
  recoveryHint: 'Jeder gilt einmal.',
  useRecovery: 'Stattdessen einen Wiederherstellungscode nehmen',
  recoveryWrong: 'Dieser Wiederherstellungscode ist unbekannt oder schon benutzt.',
  passkey: 'Passkey verwenden',
  passkeyFailed:
    'Der Passkey hat nicht funktioniert. Versuchen Sie es noch einmal, oder nehmen Sie einen Code.',
  passkeyNeedsScript: 'Passkeys brauchen JavaScript.',
  or: 'oder',
  proveTitle: 'Bitte noch einmal',
  proveIntro: 'Was Sie vorhaben, ist wichtig. Zeigen Sie, dass Sie es noch sind.',
  goOn: 'Weiter',
  cancel: 'Abbrechen',
};
