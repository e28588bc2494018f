/** Words and n-grams as Python splits them, for the metrics that repeat pycocoevalcap. */

/** What `str.split()` of Python splits at, which is not JavaScript's \s: U+001C to U+001F and U+0085 belong to it, U+FEFF does not. */
const separators = String.fromCharCode(0x1c, 0x1d, 0x1e, 0x1f, 0x85);
const blanks = new RegExp(`(?:(?!\\ufeff)[\\s${separators}])+`, 'u');

/** Words of a text: whatever stands between blanks, marks and capitals as they are. */
export function words(text: string): string[] {
  return text.split(blanks).filter(Boolean);
}

/** n-gram (words joined by a blank) -> how often it occurs. */
export function countNgrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = tokens.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
