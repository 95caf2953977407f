/**
 * Subjects that say "this answers" or "this is forwarded", in the languages whose mail clients translate the prefix. Only
 * one of several signs (facts.ts): a client may leave out In-Reply-To, and a writer may delete the quotation.
 */

/** Before a colon, at the start of the subject. Lower case. */
const prefixes: readonly string[] = [
  // Replies, then forwards, of: English; German; Dutch; French; Spanish; Portuguese; Italian
  ...['re', 'fw', 'fwd', 'aw', 'antw', 'antwort', 'wg', 'antwoord', 'doorst', 'réf', 'ref', 'rép', 'tr'],
  ...['rv', 'res', 'enc', 'r', 'rif', 'i'],
  // Scandinavian and Icelandic; Finnish; Polish; Czech and Slovak; Hungarian; Romanian; Turkish; Greek; Welsh; Indonesian
  ...['sv', 'vs', 'vb', 'vl', 'fs', 'odp', 'pd', 'vá', 'továbbítás', 'atb', 'ynt', 'ilt', 'İlt', 'απ', 'πρθ'],
  ...['σχετ', 'bls', 'trs', 'на', 'ha', 'отв', 'пер', 'відп'],
  // Chinese, Japanese, Korean; Hebrew; Arabic
  ...['回复', '回覆', '答复', '答覆', '转发', '轉寄', '轉發', '返信', '転送', '회신', '답장', '전달'],
  ...['השב', 'תגובה', 'העבר', 'הועבר', 'رد', 'إعادة توجيه'],
];

/** Tags of lists and gateways may stand before it, a count behind: `[EXTERN] AW: ...`, `Re[2]: ...`, `RE : ...`. */
const PREFIX = new RegExp(
  `^(?:\\s*\\[[^\\]]{0,40}\\])*\\s*(?:${prefixes.join('|')})\\s*(?:[[(^]\\d{1,3}[\\])]?)?\\s*[:：]`,
  'iu',
);
/** Characters that are looked at. */
const REACH = 200;

/** `subject` is decoded. */
export function isReplySubject(subject: string): boolean {
  return PREFIX.test(subject.slice(0, REACH));
}
