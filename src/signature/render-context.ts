/** What a signature is rendered for: one sender, one message. Plain data, and the two look-ups for pictures. */
import type { Person } from './person.ts';
import type { SignatureImage } from './signature.ts';

/** A person known from the message alone has no more than a display name and an address. */
export type RenderContext = {
  readonly person: Person | undefined;
  readonly sender: Person | undefined;
  readonly manager: Person | undefined;
  readonly tenant: { readonly name: string; readonly fields: Readonly<Record<string, string>> };
  /** `date` in milliseconds since 1970-01-01 UTC. */
  readonly message: { readonly subject: string; readonly date: number };
  readonly images: 'embedded' | 'linked';
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** BCP 47, such as `de`. */
  readonly language: string;
  /** A photo by the SHA-256 of its bytes, `Person.photo`. */
  readonly photo?: (hash: string) => SignatureImage | undefined;
  /** A QR code of the text as the bytes of a PNG; undefined when it does not fit into one. */
  readonly qr?: (text: string) => Uint8Array | undefined;
};
