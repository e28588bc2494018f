/** Two texts word by word. No DOM in here. */

export interface Piece {
  kind: 'same' | 'missing' | 'extra';
  words: string;
}

/**
 * The least changes that turn the reference into the prediction: `missing` words stand only in the reference, `extra` ones only in the
 * prediction (longest common subsequence of words; case and outer punctuation do not count).
 */
export function wordDiff(reference: string, prediction: string): Piece[] {
  const a = reference.split(/\s+/).filter(Boolean);
  const b = prediction.split(/\s+/).filter(Boolean);
  const [left, right] = [a.map(plain), b.map(plain)];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], word: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.words += ` ${word}`;
    else pieces.push({ kind, words: word });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && left[i] === right[j]) {
      add('same', b[j++]!);
      i++;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!))
      add('missing', a[i++]!);
    else add('extra', b[j++]!);
  return pieces;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/^\p{P}+|\p{P}+$/gu, '') || word;
}
