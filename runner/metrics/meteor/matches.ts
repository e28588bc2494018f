/** Which words of an answer can stand for which words of a reference: METEOR's modules `exact` and `stem`. */
import { EnglishStemmer } from 'snowball-stemmer.jsx/dest/english-stemmer.common.min.js';

export interface Match {
  /** Position of the word in the answer. */
  at: number;
  kind: 'exact' | 'stem';
}

/** Of each word of the reference, the words of the answer that match it: equal ones first, then those of equal stem, each from left to right. */
export type Candidates = readonly (readonly Match[])[];

const stemmer = new EnglishStemmer();

/** Java's `String.hashCode`: the program takes words of one hash for one word. */
function hash(word: string): number {
  let value = 0;
  for (let i = 0; i < word.length; i++) value = (Math.imul(31, value) + word.charCodeAt(i)) | 0;
  return value;
}

/** Stems are left out if the texts are equal word by word. */
export function candidatesOf(answer: readonly string[], reference: readonly string[]): Candidates {
  const own = answer.map(hash);
  const wanted = reference.map(hash);
  const equal = own.length === wanted.length && own.every((key, i) => key === wanted[i]);
  const stems = (words: readonly string[]) => words.map((word) => hash(stemmer.stemWord(word)));
  const [ownStems, wantedStems] = equal ? [[], []] : [stems(answer), stems(reference)];
  return wanted.map((key, i) => [
    ...positions(own, (other) => other === key, 'exact'),
    ...positions(ownStems, (other, at) => other === wantedStems[i] && own[at] !== key, 'stem'),
  ]);
}

function positions(keys: readonly number[], fits: (key: number, at: number) => boolean, kind: Match['kind']): Match[] {
  return keys.flatMap((key, at) => (fits(key, at) ? [{ at, kind }] : []));
}
