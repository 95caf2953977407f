/**
 * The only way of an address from data into an `href`: own paths, `https:` and `mailto:` pass, anything else becomes `#`. A
 * renderer escapes signs, but not a scheme that runs code.
 */
export function href(address: string): string {
  if (/^\/(?![/\\])/.test(address)) return address;
  return /^(?:https:\/\/|mailto:)[^\s\p{C}]+$/iu.test(address) ? address : '#';
}
