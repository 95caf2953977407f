/** An explanation as a table of 80 columns: first what comes out, then rule by rule why. */
import { type Reason, reasons } from '../../mail/report.ts';
import type { ConditionTrace, RuleTrace } from '../../signature/tenant.ts';
import type { ExplainedVariant, Explanation } from './explanation.ts';
import { columns, createPaint, type Paint, padded, printable, wrap } from './terminal-text.ts';

const width = 80;
const labelWidth = 12;

export function printTable(explanation: Explanation, isColoured: boolean): string {
  const paint = createPaint(isColoured);
  const lines = [
    ...head(explanation),
    ...explanation.variants.flatMap(variant => ['', ...variantLines(variant, explanation, paint)]),
  ];
  return `${lines.join('\n')}\n`;
}

const modes = {
  on: '',
  shadow: ' (shadow: decided and logged, the mail goes unchanged)',
  off: ' (off: mail passes unsigned)',
};

const withholdings: Readonly<Record<string, string>> = {
  'unknown-sender':
    'nobody gets a signature: the directory does not know the sender, and the preference says none',
  'beyond-licence':
    'nobody gets a signature: the sender is beyond the licence, and the preference holds it back',
};

function head({ tenant, lacking, localTime, from, person, untouched, withheld, form }: Explanation) {
  const sender = person ? `${from ?? ''}, ${person.name}` : `${from ?? 'nobody'}, not in the directory`;
  return [
    ...labelled('Tenant', `${tenant.name}${modes[tenant.mode]}`),
    ...lacking.flatMap(secret => labelled('Needs', secret)),
    ...labelled('Time', localTime),
    ...labelled('From', sender),
    ...labelled('Message', form === 'reply' ? 'a reply or forward' : 'a new message'),
    ...(untouched === null
      ? []
      : labelled('Untouched', `whatever the rules say, ${untouched}: ${reasons[untouched as Reason]}`)),
    ...(withheld === null ? [] : labelled('Withheld', withholdings[withheld] ?? withheld)),
  ];
}

function variantLines(variant: ExplainedVariant, { delivery, variants }: Explanation, paint: Paint) {
  const signatures = variant.signatures.join(', ') || 'none';
  const title = labelled(delivery === 'one-for-all' ? 'To all of' : 'To', variant.recipients.join(', '));
  return [
    ...title,
    ...labelled('Signatures', signatures, text => paint(text, 'bold')),
    ...variant.decisions.flatMap(({ recipients, rules }) => [
      '',
      ...(variant.decisions.length > 1 || variants.length > 1
        ? labelled('Why', `for ${recipients.join(', ')}`)
        : []),
      ...rules.flatMap((rule, at) => ruleLines(rule, at + 1, paint)),
    ]),
  ];
}

const outcomes = {
  matched: { mark: '✓', words: 'matches', colour: 'green' },
  'not-matched': { mark: '✗', words: 'does not match', colour: 'red' },
  'not-reached': { mark: '-', words: 'not reached', colour: 'dim' },
  disabled: { mark: '-', words: 'off', colour: 'dim' },
} as const;

function ruleLines(rule: RuleTrace & { readonly name: string }, place: number, paint: Paint) {
  const { mark, words, colour } = outcomes[rule.outcome];
  const number = `${place}`.padStart(3);
  const nameWidth = width - columns(`${number} ${mark}  ${words}`);
  const [first = '', ...others] = wrap(printable(rule.name), nameWidth);
  return [
    `${number} ${paint(mark, colour)} ${padded(first, nameWidth)} ${paint(words, colour)}`,
    ...others.map(line => `      ${line}`),
    ...rule.conditions.flatMap(condition => conditionLines(condition, paint)),
  ];
}

const askedWidth = 38;
const sawWidth = width - askedWidth - 10;

function conditionLines({ condition, met, saw }: ConditionTrace, paint: Paint) {
  const asked = wrap(printable(condition), askedWidth);
  const seen = wrap(printable(saw), sawWidth);
  const mark = met ? paint('✓', 'green') : paint('✗', 'red');
  return Array.from({ length: Math.max(asked.length, seen.length) }, (_, at) => {
    const start = at === 0 ? `      ${mark} ` : '        ';
    return `${start}${padded(asked[at] ?? '', askedWidth)}  ${seen[at] ?? ''}`.trimEnd();
  });
}

function labelled(label: string, text: string, paint: (line: string) => string = line => line) {
  return wrap(printable(text), width - labelWidth).map(
    (line, at) => padded(at === 0 ? label : '', labelWidth) + paint(line),
  );
}
