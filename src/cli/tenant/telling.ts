/** What a command tells on the way: lines for people, or one JSON value on each line; and the question before a change. */
import type { PlanLine, PreflightLight, RunEvent } from '../../microsoft/mail-flow-types.ts';
import { CommandFailure, exitCodes, type Terminal, usageFailure, write } from '../command.ts';

/** `lines` end with a line end; `value` is what `--json` prints instead. */
export type Telling = (lines: string, value: unknown) => Promise<void>;

export function createTelling({ output }: Terminal, asJson: boolean): Telling {
  return (lines, value) => write(output, asJson ? `${JSON.stringify(value)}\n` : lines);
}

/** Aborted by Ctrl-C and by the service manager. */
export function stopOf({ untilStopped }: Terminal): AbortSignal {
  const stop = new AbortController();
  void untilStopped().then(() => stop.abort());
  return stop.signal;
}

export function refuseJsonWithoutYes({ json, yes }: { readonly json: boolean; readonly yes: boolean }) {
  if (json && !yes) throw usageFailure('tenant', '--json does not ask: give --yes as well');
}

/** Anything but a yes, an end of the input included, is a no. */
export async function confirm(
  { input, output }: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<void> {
  await write(output, `${question} [y/N] `);
  const answer = await Promise.race([firstLine(input), aborted(signal)]);
  await write(output, '\n');
  if (/^\s*y(es)?\s*$/i.test(answer)) return;
  throw new CommandFailure('SIGNET_SETUP_CANCELLED', 'Nothing was changed.', exitCodes.failure);
}

async function firstLine(input: Terminal['input']): Promise<string> {
  let text = '';
  for await (const piece of input) {
    text += Buffer.from(piece).toString();
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

function aborted(signal: AbortSignal): Promise<string> {
  if (signal.aborted) return Promise.resolve('');
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(''), { once: true }));
}

const marks: Readonly<Record<PlanLine['action'], string>> = {
  create: '+',
  change: '~',
  keep: '=',
  remove: '-',
  conflict: '!',
};

export function planText(lines: readonly PlanLine[]): string {
  return lines
    .map(({ action, sentences: [first = '', ...others] }) =>
      [`  ${marks[action]} ${first}`, ...others.map(sentence => `      ${sentence}`)].join('\n'),
    )
    .map(text => `${text}\n`)
    .join('');
}

export function lightsText(lights: readonly PreflightLight[]): string {
  const words = { well: 'ok', look: 'look', broken: 'WRONG', unknown: '?' };
  return lights.map(({ health, sentence }) => `  ${words[health].padEnd(6)} ${sentence}\n`).join('');
}

/** '' for what is told otherwise: the plan stands above the question, and the result below. */
export function eventText(event: RunEvent): string {
  switch (event.kind) {
    case 'phase':
      return `${event.sentence} ...\n`;
    case 'step':
      return event.state === 'done' ? `  done: ${event.line.sentences[0] ?? ''}\n` : '';
    case 'waiting':
      return `  ${event.sentence} Waiting ${Math.ceil(event.forMs / 1_000)} s.\n`;
    case 'probe':
    case 'note':
      return `  ${event.sentence}\n`;
    default:
      return '';
  }
}
