/** Rules as written, with their short forms; parsed straight into the form of src/signature/rule.ts. */
import { z } from 'zod';
import { personFields } from '../../signature/person.ts';
import type {
  AttributeTest,
  Dimension,
  MessageCondition,
  RecipientEntry,
  RuleAction,
  SenderEntry,
  TimeCondition,
  Weekday,
} from '../../signature/rule.ts';
import type { BundleRule } from '../bundle.ts';
import { remedy } from '../suggest.ts';
import { address, choice, domain, expected, line, mapping, oneOrMore, text, wholeNumber } from './words.ts';

const group = mapping({ group: line }).transform(({ group: id }) => ({ kind: 'group', id }) as const);
const domainEntry = mapping({ domain }).transform(
  ({ domain: name }) => ({ kind: 'domain', domain: name }) as const,
);

// Each form is made once: zod compiles a schema when it is first used, which 10,000 rules would pay 10,000 times.
const customField = z.custom<AttributeTest['field']>();
const namedField = z.enum(personFields, {
  error: ({ input: word }) =>
    typeof word === 'string'
      ? `there is no attribute "${word}": ${remedy(word, personFields)}`
      : expected('an attribute such as department', word),
});
const field = choice<AttributeTest['field']>(input =>
  typeof input === 'string' && /^custom\.\S+$/.test(input) ? customField : namedField,
);

const attribute = mapping({
  attribute: field,
  is: z.enum(['equal', 'not-equal', 'contains', 'empty', 'not-empty']).exactOptional(),
  value: text('text', value => value).exactOptional(),
}).transform(({ attribute: of, is = 'equal', value }, context): SenderEntry => {
  const needsValue = is !== 'empty' && is !== 'not-empty';
  if (needsValue !== (value !== undefined))
    context.addIssue(
      needsValue ? `the test "${is}" needs a value: add it.` : `the test "${is}" takes no value: remove it.`,
    );
  return { kind: 'attribute', test: { field: of, is, value: value ?? '' } };
});

/** `everyone` and `anyone` are entries that hold always; they end in an empty list, which means the same. */
type Always = { readonly kind: 'always' };
const always = z.enum(['everyone', 'anyone']).transform((): Always => ({ kind: 'always' }));

const senderWords =
  'everyone, an address, {group: NAME}, {domain: NAME} or {attribute: NAME, is: equal, value: TEXT}';
const person = address.transform((value): SenderEntry => ({ kind: 'person', address: value }));

const sender = choice<SenderEntry | Always>(input => {
  if (input === 'everyone') return always;
  if (typeof input === 'string')
    return input.includes('@') ? person : wrongWord(input, ['everyone'], senderWords);
  if (typeof input !== 'object' || input === null) return expected(senderWords, input);
  if ('group' in input) return group;
  if ('domain' in input) return domainEntry;
  return 'attribute' in input ? attribute : expected(senderWords, input);
});

const recipientWords = 'anyone, internal, external, an address, {group: NAME} or {domain: NAME}';
const recipientAddress = address.transform((value): RecipientEntry => ({ kind: 'address', address: value }));
const side = z.enum(['internal', 'external']).transform((kind): RecipientEntry => ({ kind }));

const recipient = choice<RecipientEntry | Always>(input => {
  if (input === 'anyone') return always;
  if (input === 'internal' || input === 'external') return side;
  if (typeof input === 'string')
    return input.includes('@')
      ? recipientAddress
      : wrongWord(input, ['anyone', 'internal', 'external'], recipientWords);
  if (typeof input !== 'object' || input === null) return expected(recipientWords, input);
  if ('group' in input) return group;
  return 'domain' in input ? domainEntry : expected(recipientWords, input);
});

function wrongWord(input: string, known: readonly string[], words: string) {
  const near = remedy(input, known);
  return near.startsWith('did') ? `expected ${words}, got "${input}": ${near}` : expected(words, input);
}

function dimension<Entry extends { readonly kind: string }>(
  entry: z.ZodType<Entry | Always>,
): z.ZodType<Dimension<Entry>> {
  const entries = oneOrMore(entry);
  const narrowed = (list: readonly (Entry | Always)[]): readonly Entry[] =>
    list.some(({ kind }) => kind === 'always') ? [] : (list as readonly Entry[]);
  const both = mapping({ include: entries.exactOptional(), except: entries.exactOptional() }).transform(
    ({ include = [], except = [] }, context) => {
      if (except.some(({ kind }) => kind === 'always'))
        context.addIssue('an exception for everyone leaves nobody: remove the rule or the exception.');
      return { include: narrowed(include), except: narrowed(except) };
    },
  );
  const plain = entries.transform(include => ({
    include: narrowed(include),
    except: [] as readonly Entry[],
  }));
  return choice<Dimension<Entry>>(input => (isDimension(input) ? both : plain));
}

function isDimension(input: unknown) {
  return typeof input === 'object' && input !== null && ('include' in input || 'except' in input);
}

const conversation = z.enum(['any', 'new', 'reply', 'first']);
const bytes = wholeNumber('a number of bytes', 0, 2 ** 40);
const anyMessage: MessageCondition = {
  conversation: 'any',
  subjectWords: [],
  textWords: [],
  importance: 'any',
};
const words = oneOrMore(line);

const conversationOnly = conversation.transform(
  (value): MessageCondition => ({
    ...anyMessage,
    conversation: value,
  }),
);

const wholeMessage = mapping({
  conversation: conversation.exactOptional(),
  subjectWords: words.exactOptional(),
  textWords: words.exactOptional(),
  minBytes: bytes.exactOptional(),
  maxBytes: bytes.exactOptional(),
  importance: z.enum(['any', 'low', 'normal', 'high']).exactOptional(),
}).transform((value, context): MessageCondition => {
  if ((value.minBytes ?? 0) > (value.maxBytes ?? Number.POSITIVE_INFINITY))
    context.addIssue('minBytes is larger than maxBytes, so no message fits: exchange them.');
  return { ...anyMessage, ...value };
});

const message = choice<MessageCondition>(input =>
  typeof input === 'string' ? conversationOnly : wholeMessage,
);

const day = /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d))?$/;
const moment = text('a day such as 2026-12-01, or 2026-12-01T18:00', value => {
  const [, year, month, date] = day.exec(value)?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const time = new Date(Date.UTC(year, month - 1, date));
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === date ? value : undefined;
});
const clockTime = text('a time such as 17:30', value =>
  /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined,
);
const span = text('hours such as 08:00-17:30', value =>
  /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined,
).transform(value => ({ from: value.slice(0, 5), until: value.slice(6) }));
const twoTimes = mapping({ from: clockTime, until: clockTime });
const hours = choice<{ from: string; until: string }>(input => (typeof input === 'string' ? span : twoTimes));
const weekdays: readonly [Weekday, ...Weekday[]] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const time = mapping({
  from: moment.exactOptional(),
  until: moment.exactOptional(),
  weekdays: oneOrMore(z.enum(weekdays)).exactOptional(),
  hours: hours.exactOptional(),
}).transform((value, context): TimeCondition => {
  // Equal forms compare as text; a day alone is its midnight.
  if (value.from && value.until && value.from.padEnd(16, 'T00:00') >= value.until.padEnd(16, 'T00:00'))
    context.addIssue('until is not after from, so the rule never applies: correct one of them.');
  return { ...value, weekdays: weekdays.filter(name => value.weekdays?.includes(name)) };
});

const sign = oneOrMore(line).transform((signatures): RuleAction => ({ kind: 'sign', signatures }));
const nothing = z.literal('none').transform((): RuleAction => ({ kind: 'no-signature' }));
const action = choice<RuleAction>(input => {
  if (input === 'none') return nothing;
  return Array.isArray(input) && input.length === 0
    ? 'the list is empty: name a signature, or write none.'
    : sign;
});

const everyone: Dimension<never> = { include: [], except: [] };

export const rule = mapping({
  id: line.exactOptional(),
  name: line,
  enabled: z.boolean().exactOptional(),
  senders: dimension<SenderEntry>(sender).exactOptional(),
  recipients: dimension<RecipientEntry>(recipient).exactOptional(),
  message: message.exactOptional(),
  time: time.exactOptional(),
  signatures: action,
  // biome-ignore lint/suspicious/noThenProperty: the word of the file format; this object is never awaited.
  then: z.enum(['stop', 'continue']).exactOptional(),
  otherwise: z.enum(['continue', 'stop']).exactOptional(),
}).transform(
  (value): BundleRule => ({
    ...(value.id === undefined ? {} : { id: value.id }),
    name: value.name,
    enabled: value.enabled ?? true,
    senders: value.senders ?? everyone,
    recipients: value.recipients ?? everyone,
    message: value.message ?? anyMessage,
    time: value.time ?? { weekdays: [] },
    action: value.signatures,
    onMatch: value.then ?? 'stop',
    onNoMatch: value.otherwise ?? 'continue',
  }),
);
