/** Surgeons with real threads, and messages large enough to go there. */
import { Buffer } from 'node:buffer';
import { after } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { limits } from '../../src/limits.ts';
import {
  createSurgeon,
  type Operation,
  type Surgeon,
  type SurgeonDependencies,
} from '../../src/relay/surgeon.ts';
import { startWorker } from '../../src/start-worker.ts';

export const surgeryOptions = { token: 'a'.repeat(32), id: 'id00000000000000' } as const;
export const nothingNeeded = { isMarkedBefore: false, newText: false };

export const timers = {
  after: (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Its threads end with the file's tests. */
export function makeSurgeon({
  limits: own = {},
  ...more
}: { limits?: Partial<SurgeonDependencies['limits']> } & Partial<
  Omit<SurgeonDependencies, 'limits'>
> = {}): Surgeon {
  const surgeon = createSurgeon({
    startWorker,
    clock: systemClock,
    timers,
    // Busy machines are slow: a test that is not about the deadline must not meet it.
    limits: { ...limits.surgery, deadlineMs: 60_000, ...own },
    ...more,
  });
  after(() => surgeon.close());
  return surgeon;
}

/** Everything goes to a thread. */
export const alwaysThread = { inlineMs: -1 };
/** Nothing does. */
export const alwaysInline = { inlineMs: Number.POSITIVE_INFINITY };

export function operation(message: Buffer, more: Partial<Operation> = {}): Operation {
  return {
    message,
    options: surgeryOptions,
    needs: nothingNeeded,
    plan: () => [[{ zone: 'signature', html: '<p>S</p>', text: 'S' }]],
    ...more,
  };
}

/** A letter of so many bytes of Word's HTML, quoted-printable, with an attachment of so many. */
export function largeLetter(htmlBytes: number, attachedBytes: number): Buffer {
  const paragraph =
    '<p class=3DMsoNormal><span style=3D"font-size:11.0pt">Some words of a letter =C3=A4=\r\nnd more of it.<o:p></o:p></span></p>\r\n';
  const html = paragraph.repeat(Math.ceil(htmlBytes / paragraph.length));
  const line = `${'QUJD'.repeat(19)}\r\n`;
  const head =
    'From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: large\r\nMIME-Version: 1.0\r\n' +
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n' +
    `Content-Transfer-Encoding: quoted-printable\r\n\r\n${html}`;
  const attachment =
    attachedBytes === 0
      ? ''
      : `\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  const text = head + attachment + line.repeat(Math.ceil(attachedBytes / line.length));
  return Buffer.from(`${text}\r\n--b--\r\n`, 'latin1');
}
