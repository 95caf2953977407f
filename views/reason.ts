/** What a message got, in words: `signed`, or why not. A reason that has no words here is shown as it stands in the log. */
import type { Texts } from './texts/texts.ts';

export function reasonIn({ log, reasons }: Texts, reason: string): string {
  if (reason === 'stamped') return log.signed;
  return log.untouched((reasons as Readonly<Record<string, string>>)[reason] ?? reason);
}
