/** The nearest known word to a misspelt one. */

/** Letters that differ at most: a third of the word, and never more than three. */
const most = (word: string): number => Math.min(3, Math.max(1, Math.floor(word.length / 3)));

/**
 * The word that was probably meant, or undefined. Case, `-` and `_` do not count; a word that is a whole part of one known word
 * (`epochs` of `num_epochs`) is taken for it, and so is one that begins or ends with one known word (`lora_alpha`, `llava_med`).
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = bare(word);
  const words = [...known].filter((candidate) => candidate !== word);
  const ranked = words
    .map((candidate) => ({ candidate, distance: editDistance(wanted, bare(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best && best.distance <= most(wanted)) return best.candidate;
  const containing = words.filter((candidate) => partsOf(candidate).includes(word.toLowerCase()));
  if (containing.length === 1) return containing[0];
  const parts = partsOf(word);
  const within = words.filter((candidate) => [parts[0], parts.at(-1)].includes(candidate.toLowerCase()));
  return parts.length > 1 && within.length === 1 ? within[0] : undefined;
}

/** `llava_med`, `llama-2-7b`: the words of a name. */
function partsOf(word: string): string[] {
  return word.toLowerCase().split(/[_.-]/);
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}

/** Least number of letters inserted, deleted, replaced or swapped with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
