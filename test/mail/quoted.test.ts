import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  attributionEndingAt,
  findQuoteStart,
  isMobileLine,
  type LineSource,
  type QuoteStart,
} from '../../src/mail/quoted.ts';

/** Lines of text; `>` lines are quoted. */
function source(lines: readonly string[]): LineSource {
  const isQuoted = (index: number): boolean => lines[index]?.startsWith('>') === true;
  return {
    count: lines.length,
    nextCandidate: index => Math.min(index, lines.length),
    text: index => (isQuoted(index) ? '' : (lines[index] ?? '').trim()),
    isBeforeQuote: index => {
      let next = index + 1;
      while (next < lines.length && lines[next]?.trim() === '') next++;
      return isQuoted(next);
    },
  };
}

const find = (...lines: readonly string[]): QuoteStart | undefined =>
  findQuoteStart(source(['hello', '', ...lines]));

/** Labels of outlook-html.md 4: From, Sent, Subject. */
const languages: Readonly<Record<string, readonly [string, string, string]>> = {
  English: ['From:', 'Sent:', 'Subject:'],
  German: ['Von:', 'Gesendet:', 'Betreff:'],
  French: ['De\u00a0:', 'Envoy\u00e9\u00a0:', 'Objet\u00a0:'],
  Spanish: ['De:', 'Enviado el:', 'Asunto:'],
  Italian: ['Da:', 'Inviato:', 'Oggetto:'],
  Dutch: ['Van:', 'Verzonden:', 'Onderwerp:'],
  Polish: ['Od:', 'Wys\u0142ano:', 'Temat:'],
  Czech: ['Od:', 'Odesl\u00e1no:', 'P\u0159edm\u011bt:'],
  Swedish: ['Fr\u00e5n:', 'Skickat:', '\u00c4mne:'],
  Danish: ['Fra:', 'Sendt:', 'Emne:'],
  Portuguese: ['De:', 'Enviada em:', 'Assunto:'],
  Russian: [
    '\u041e\u0442:',
    '\u041e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e:',
    '\u0422\u0435\u043c\u0430:',
  ],
  Chinese: ['\u53d1\u4ef6\u4eba\uff1a', '\u53d1\u9001\u65f6\u95f4\uff1a', '\u4e3b\u9898\uff1a'],
  Japanese: ['\u5dee\u51fa\u4eba:', '\u9001\u4fe1\u65e5\u6642:', '\u4ef6\u540d:'],
  Korean: ['\ubcf4\ub0b8 \uc0ac\ub78c:', '\ubcf4\ub0b8 \ub0a0\uc9dc:', '\uc81c\ubaa9:'],
  Turkish: ['Kimden:', 'G\u00f6nderildi:', 'Konu:'],
  Finnish: ['L\u00e4hett\u00e4j\u00e4:', 'L\u00e4hetetty:', 'Aihe:'],
  Hungarian: ['Felad\u00f3:', 'Elk\u00fcldve:', 'T\u00e1rgy:'],
};

describe('a block of header labels begins quoted history', () => {
  for (const [language, [from, sent, subject]] of Object.entries(languages)) {
    test(language, () => {
      const found = find(
        `${from} Ann <a@x.example>`,
        `${sent} 2 March 2026 10:15`,
        `${subject} x`,
        '',
        'old',
      );
      assert.deepEqual(found, { kind: 'header', index: 2, lastIndex: 4 });
      assert.equal(find(`*${from}* Ann`, `*${sent}* 2 March 2026 10:15`, `*${subject}* x`)?.kind, 'header');
    });
  }

  test('together with the line of underscores above it', () => {
    assert.deepEqual(find('_'.repeat(32), 'From: Ann', 'Sent: 2 March 2026', 'Subject: x'), {
      kind: 'header',
      index: 2,
      lastIndex: 5,
    });
  });

  test('but not one label, a journey, or a line of underscores alone', () => {
    assert.equal(find('From: a@x.example', 'old'), undefined);
    assert.equal(find('From: Berlin', 'To: Hamburg'), undefined);
    assert.equal(find('To: a@x.example', 'Subject: x'), undefined);
    assert.equal(find('_'.repeat(40), 'text'), undefined);
  });
});

describe('an attribution line begins quoted history', () => {
  const lines = [
    'On Tue, Mar 3, 2026 at 10:15 AM Ann <a@x.example> wrote:',
    'Am 03.03.2026 um 10:15 schrieb Ann:',
    'Am Di., 3. M\u00e4rz 2026 um 10:15 Uhr hat Ann <a@x.example> geschrieben:',
    'Le mar. 3 mars 2026 \u00e0 10:15, Ann <a@x.example> a \u00e9crit :',
    'El mar, 3 mar 2026 a las 10:15, Ann (<a@x.example>) escribi\u00f3:',
    'Il giorno mar 3 mar 2026 alle ore 10:15 Ann <a@x.example> ha scritto:',
    'Op di 3 mrt 2026 om 10:15 schreef Ann <a@x.example>:',
    'Em ter., 3 de mar. de 2026 \u00e0s 10:15, Ann <a@x.example> escreveu:',
    'wt., 3 mar 2026 o 10:15 Ann <a@x.example> napisa\u0142(a):',
    'Dne \u00fat 3. 3. 2026 10:15 u\u017eivatel Ann <a@x.example> napsal:',
    'Den tis 3 mars 2026 kl 10:15 skrev Ann <a@x.example>:',
    '3 \u043c\u0430\u0440\u0442\u0430 2026 \u0433., 10:15 \u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c Ann <a@x.example> \u043d\u0430\u043f\u0438\u0441\u0430\u043b:',
    '\u5728 2026\u5e743\u67083\u65e5 10:15\uff0cAnn <a@x.example> \u5199\u9053\uff1a',
    '2026\u5e743\u67083\u65e5(\u706b) 10:15 Ann <a@x.example>:',
  ];
  for (const line of lines) {
    test(line, () => assert.deepEqual(find(line, '> old'), { kind: 'attribution', index: 2, lastIndex: 2 }));
  }

  test('wrapped over two lines as well', () => {
    const wrapped = ['On Tue, Mar 3, 2026 at 10:15 AM Ann', '<a@x.example> wrote:'];
    assert.deepEqual(find(...wrapped, '', '> old'), { kind: 'attribution', index: 2, lastIndex: 3 });
    assert.deepEqual(attributionEndingAt(source(['hi', '', ...wrapped]), 3), {
      kind: 'attribution',
      index: 2,
      lastIndex: 3,
    });
  });

  test('without a date only where a quotation follows', () => {
    assert.equal(find('Ann wrote:', '> old')?.index, 2);
    assert.equal(find('Ann wrote:', 'we should meet'), undefined);
  });

  test('but not a sentence', () => {
    assert.equal(find('On Monday I wrote a letter.', 'x'), undefined);
    assert.equal(find('On 3 March 2026 she wrote to us.', '> poem'), undefined);
  });
});

describe('a separator begins quoted history', () => {
  const lines = [
    '-----Original Message-----',
    '----- Original Message -----',
    '-----Urspr\u00fcngliche Nachricht-----',
    '-----Mensaje original-----',
    "-----Message d'origine-----",
    '-----Messaggio originale-----',
    '-----Oorspronkelijk bericht-----',
    '-----Mensagem original-----',
    '-----Ursprungligt meddelande-----',
    '-----Oprindelig meddelelse-----',
    '-----Oryginalna wiadomo\u015b\u0107-----',
    '-----\u0418\u0441\u0445\u043e\u0434\u043d\u043e\u0435 \u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435-----',
    '---------- Forwarded message ---------',
    '-------- Forwarded Message --------',
    'Begin forwarded message:',
    '-------- Weitergeleitete Nachricht --------',
    'Anfang der weitergeleiteten E-Mail:',
    '---------- Message transf\u00e9r\u00e9 ---------',
    'D\u00e9but du message r\u00e9exp\u00e9di\u00e9 :',
    'Inicio del mensaje reenviado:',
    '---------- Vidarebefordrat meddelande ---------',
  ];
  for (const line of lines) test(line, () => assert.equal(find(line, 'old')?.index, 2));

  test('but not the same words in a sentence', () => {
    assert.equal(find('See the original message below.', 'x'), undefined);
    assert.equal(find('Original Message', 'x'), undefined);
    assert.equal(find('----- Other Message -----', 'x'), undefined);
  });
});

test('the search starts where it is told to, and stops there', () => {
  const lines = source(['-----Original Message-----', 'x', '-----Original Message-----']);
  assert.equal(findQuoteStart(lines, 1)?.index, 2);
  assert.equal(findQuoteStart(lines, 1, 2), undefined);
});

test("a phone's line is no text of the writer's", () => {
  for (const line of [
    'Sent from my iPhone',
    'Get Outlook for iOS',
    'Von meinem iPhone gesendet',
    'Envoy\u00e9 de mon iPhone',
  ])
    assert.ok(isMobileLine(line), line);
  for (const line of ['It was sent from my office', 'Outlook for iOS is fine', '', 'Sentimental'])
    assert.ok(!isMobileLine(line), line);
});
