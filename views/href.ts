/**
 * The only way of an address from data into an `href`: own paths, `https:`, `mailto:` and pages of this machine pass, anything else becomes `#`. A
 * renderer escapes signs, but not a scheme that runs code.
 */
export function href(address: string): string {
  if (/^\/(?![/\\])/.test(address)) return address;
  // This machine itself, where the simulated tenant's pages are: nobody is in between who could read along.
  if (/^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(?:\/[^\s\p{C}]*)?$/iu.test(address)) return address;
  return /^(?:https:\/\/|mailto:)[^\s\p{C}]+$/iu.test(address) ? address : '#';
}
