/**
 * How far a text part must be read. Most replies end in a long history that begins with a marker behind which everything
 * is quoted; for a place above it the history need not be decoded, tokenized or searched. The guess made here is cheap and
 * may be wrong: `text-part.ts` reads on to the end unless what it finds within the horizon settles the place.
 */

/** Bytes behind the marker that are read as well: the rule, the header block, what the signature will stand next to. */
const LOOK_AHEAD = 640;

const htmlMarkers = [
  'appendonsend',
  'divRplyFwdMsg',
  'mail-editor-reference-message-container',
  'border-top:solid',
];
const HTML_MARK = /s(?:=\r\n)?i(?:=\r\n)?g(?:=\r\n)?n(?:=\r\n)?e(?:=\r\n)?t(?:=\r\n)?-/gi;
const TEXT_MARK = /(?:\t|=09)(?: |=20)(?:\t|=09)/g;
const plainMarkers = ['\r\n________________________________', '\r\n-----Original', '\r\n-----Urspr'];

/** Length of the head of the encoded body that is worth reading first: whole lines, or all of it. */
export function horizonOf(form: 'html' | 'plain', body: string): number {
  let first = body.length;
  for (const marker of form === 'html' ? htmlMarkers : plainMarkers) {
    // Behind the nearest one found so far nothing is looked for.
    const at = body.slice(0, first).indexOf(marker);
    if (at >= 0) first = at;
  }
  const lineEnd = body.indexOf('\r\n', first + LOOK_AHEAD);
  return lineEnd < 0 ? body.length : lineEnd + 2;
}

/** True when a mark of ours may stand in encoded text from `from` on: quoted-printable may break or spell its characters. */
export function mayHoldMark(form: 'html' | 'plain', body: string, from: number): boolean {
  const mark = form === 'html' ? HTML_MARK : TEXT_MARK;
  mark.lastIndex = from;
  return mark.test(body);
}
