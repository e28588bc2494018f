/**
 * Chooses among given answers by their likelihood, over whatever scores the next token. Source: `rank_answer` in `models/blip_vqa.py` of BLIP, which MUMC and
 * ALBEF rank by, too: the candidates whose first token is likeliest are read to their end, and the likeliest of these is the answer.
 */
import type { NextScores, Prefix } from './generation';

export interface RankingSettings {
  /** Only so many candidates of each row are read beyond their first token. */
  topK: number;
  /**
   * `sum` and `mean` of the log-probabilities of a candidate's tokens, its stop token included; `blip`: the sum of what BLIP trains on, (1 - 0.1) times that
   * log-probability + 0.1 times the mean over the vocabulary (`label_smoothing=0.1` in `models/med.py`).
   */
  score: 'sum' | 'mean' | 'blip';
}

/** A candidate that was read to its end. */
export interface Ranked {
  /** Its index among the candidates. */
  candidate: number;
  score: number;
}

const blipSmoothing = 0.1;

/**
 * Ranks the same candidates for each of `rows` rows. Beginnings that candidates of a row have in common are read once.
 * @param candidates tokens of each, with the stop token; none is empty
 * @returns of each row the `topK` candidates, best first; of equal ones the earlier
 */
export async function rank(
  rows: number,
  candidates: readonly (readonly number[])[],
  next: NextScores,
  { topK, score }: RankingSettings,
): Promise<Ranked[][]> {
  const starts: Prefix[] = Array.from({ length: rows }, (_, row) => ({ row, tokens: [], parent: row }));
  const first = likelihoods(await next(starts), rows, score);
  let read = starts.flatMap(({ row }) =>
    candidates
      .map((tokens, candidate) => ({ row, candidate, tokens, at: row, firstToken: first.log(row, tokens[0]!) }))
      .sort((a, b) => b.firstToken - a.firstToken)
      .slice(0, topK)
      .map((one) => ({ ...one, sum: first.term(row, one.tokens[0]!) })),
  );
  const ended: typeof read = [];
  for (let length = 1; ; length++) {
    ended.push(...read.filter(({ tokens }) => tokens.length === length));
    read = read.filter(({ tokens }) => tokens.length > length);
    if (read.length === 0) break;
    const places = new Map<string, number>();
    const prefixes: Prefix[] = [];
    read = read.map((one) => {
      const tokens = one.tokens.slice(0, length);
      const key = `${one.row}:${tokens.join(' ')}`;
      const at = places.get(key) ?? prefixes.push({ row: one.row, tokens, parent: one.at }) - 1;
      places.set(key, at);
      return { ...one, at };
    });
    const scored = likelihoods(await next(prefixes), prefixes.length, score);
    read = read.map((one) => ({ ...one, sum: one.sum + scored.term(one.at, one.tokens[length]!) }));
  }
  return starts.map(({ row }) =>
    ended
      .filter((one) => one.row === row)
      .map(({ candidate, tokens, sum }) => ({ candidate, score: score === 'mean' ? sum / tokens.length : sum }))
      .sort((a, b) => b.score - a.score || a.candidate - b.candidate),
  );
}

/** Log-probabilities of tokens in rows of scores, in float64, and the terms that a candidate's score is the sum of. */
function likelihoods(scores: Float32Array, rows: number, score: RankingSettings['score']) {
  const vocabulary = scores.length / rows;
  const offsets = new Float64Array(rows);
  const means = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = scores.subarray(row * vocabulary, (row + 1) * vocabulary);
    let top = Number.NEGATIVE_INFINITY;
    for (const value of values) if (value > top) top = value;
    let total = 0;
    let sum = 0;
    for (const value of values) {
      total += Math.exp(value - top);
      sum += value;
    }
    offsets[row] = top + Math.log(total);
    means[row] = sum / vocabulary - offsets[row]!;
  }
  const log = (row: number, token: number) => scores[row * vocabulary + token]! - offsets[row]!;
  const smoothed = (row: number, token: number) => (1 - blipSmoothing) * log(row, token) + blipSmoothing * means[row]!;
  return { log, term: score === 'blip' ? smoothed : log };
}
