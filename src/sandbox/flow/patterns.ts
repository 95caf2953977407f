/** Words and regular expressions as mail flow rules read them (exchange-online.md 4.3, 4.4.10). Pure. */

/** Whole words, in any case, no wildcards. */
export function containsWord(value: string, words: readonly string[]): boolean {
  return words.some(word => {
    const escaped = word.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'iu').test(value);
  });
}

/** `^` and `$` are reported not to work in header patterns; `\A` and `\Z` do. */
export function matchesHeader(value: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => !hasAnchor(pattern) && matches(value, pattern));
}

export function matchesAddress(address: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matches(address, pattern));
}

function hasAnchor(pattern: string) {
  const outsideClasses = pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  return /[$^]/.test(outsideClasses);
}

/** .NET's anchors are not JavaScript's. An expression that cannot be read matches nothing. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern.replaceAll('\\A', '^').replace(/\\[Zz]/g, '$'), 'i').test(value);
  } catch {
    return false;
  }
}
