/** Findings as a list for a terminal: a sign, a word, a sentence, and the way on below it. */
import { checkNames, type Finding, type FindingState } from '../../doctor/finding.ts';

const signs: Readonly<Record<FindingState, { readonly word: string; readonly colour: number }>> = {
  fine: { word: 'fine', colour: 32 },
  warning: { word: 'look', colour: 33 },
  failure: { word: 'BAD ', colour: 31 },
  unknown: { word: '?   ', colour: 36 },
};

export function printFindings(findings: readonly Finding[], isColoured: boolean): string {
  const paint = (text: string, colour: number) => (isColoured ? `\u001b[${colour}m${text}\u001b[0m` : text);
  const width = Math.max(...checkNames.map(name => name.length));
  const lines = findings.map(({ check, subject, state, sentence, remedy }) => {
    const { word, colour } = signs[state];
    const first = `${paint(word, colour)}  ${check.padEnd(width)}  ${printable(subject)}: ${printable(sentence)}.`;
    return remedy === undefined ? first : `${first}\n${' '.repeat(width + 8)}${printable(remedy)}.`;
  });
  return `${lines.join('\n')}\n\n${total(findings)}\n`;
}

function total(findings: readonly Finding[]) {
  const count = (state: FindingState) => findings.filter(finding => finding.state === state).length;
  const [bad, look] = [count('failure'), count('warning')];
  if (bad > 0) return `${bad} to be mended${look > 0 ? `, ${look} to be looked at` : ''}.`;
  return look > 0 ? `Nothing is broken; ${look} to be looked at.` : 'All is well.';
}

/** What a next hop says, or a tenant is called, must not steer the terminal. */
function printable(text: string) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
