/**
 * Greedy and beam search over whatever scores the next token. Source: transformers 5.23 `generation/utils.py`, `_sample` without sampling and `_beam_search`.
 * Rows of a batch do not influence each other: a row that is done is not decoded any more.
 */

export interface SearchSettings {
  numBeams: number;
  maxNewTokens: number;
  /** The stop token is ruled out before so many tokens. */
  minNewTokens: number;
  /** Beams are ranked by the sum of log-probabilities / length ^ penalty. */
  lengthPenalty: number;
  /** Ends a row as soon as it has as many finished beams as beams; else it ends when no running beam can win. */
  earlyStopping?: boolean;
}

export interface Hypothesis {
  /** New tokens, with the stop token if it was reached. */
  tokens: number[];
  /** Sum of log-probabilities / length ^ penalty. */
  score: number;
}

/** A partial answer to one row of the batch. */
export interface Prefix {
  row: number;
  tokens: readonly number[];
  /** Which prefix of the call before this one goes on with its last token; in the first call, its row. What was kept of that one is still true. */
  parent: number;
}

/** Scores of the next token (any additive constant) for each prefix, [prefixes, vocabulary]; all prefixes have one length. */
export type NextScores = (prefixes: readonly Prefix[]) => Promise<Float32Array>;

/** The best hypothesis of each of `rows` rows. @param stops tokens that end a hypothesis */
export async function search(
  rows: number,
  stops: readonly number[],
  next: NextScores,
  settings: SearchSettings,
): Promise<Hypothesis[]> {
  const start = settings.numBeams === 1 ? greedyRow : beamRow;
  const states = Array.from({ length: rows }, () => start(stops, settings));
  // Where the prefixes of each row began in the call before.
  let firsts = states.map((_, row) => row);
  for (let length = 0; length < settings.maxNewTokens; length++) {
    const live = states.flatMap((state, row) => (state.done() ? [] : [{ state, row, running: state.running() }]));
    if (live.length === 0) break;
    const prefixes = live.flatMap(({ row, running }) =>
      running.map(({ tokens, parent }) => ({ row, tokens, parent: firsts[row]! + parent })),
    );
    firsts = states.map((_, row) => prefixes.findIndex((prefix) => prefix.row === row));
    const scores = await next(prefixes);
    const vocabulary = scores.length / prefixes.length;
    let at = 0;
    for (const { state, running } of live) {
      const end = at + running.length * vocabulary;
      state.extend(scores.subarray(at, end), vocabulary, length + 1);
      at = end;
    }
  }
  return states.map((state) => state.best());
}

/** A hypothesis that goes on, and which of those that ran before it goes on from. */
type Running = Hypothesis & { parent: number };

interface RowState {
  done(): boolean;
  /** Hypotheses to extend: their sums of log-probabilities stand in `score`. */
  running(): readonly Running[];
  /** @param length of the hypotheses with the token that is chosen now. */
  extend(scores: Float32Array, vocabulary: number, length: number): void;
  best(): Hypothesis;
}

function greedyRow(stops: readonly number[], { minNewTokens, lengthPenalty }: SearchSettings): RowState {
  let current: Running = { tokens: [], score: 0, parent: 0 };
  const done = () => stops.some((stop) => current.tokens.at(-1) === stop);
  return {
    done,
    running: () => [current],
    extend(scores, vocabulary, length) {
      const logProbabilities = logSoftmax(scores, vocabulary, length <= minNewTokens ? stops : []);
      const [top] = largest(logProbabilities, 1);
      current = { tokens: [...current.tokens, top!.index], score: current.score + top!.value, parent: 0 };
    },
    best: () => ({ tokens: current.tokens, score: current.score / (current.tokens.length || 1) ** lengthPenalty }),
  };
}

function beamRow(stops: readonly number[], settings: SearchSettings): RowState {
  const { numBeams, maxNewTokens, minNewTokens, lengthPenalty, earlyStopping = false } = settings;
  let running: Running[] = [{ tokens: [], score: 0, parent: 0 }];
  let finished: Hypothesis[] = [];
  let hopeless = false;
  const ends = (token: number) => stops.includes(token);
  return {
    done: () => hopeless || (earlyStopping && finished.length === numBeams),
    running: () => running,
    extend(scores, vocabulary, length) {
      const sums = logSoftmax(scores, vocabulary, length <= minNewTokens ? stops : []);
      for (let i = 0; i < sums.length; i++) sums[i]! += running[Math.floor(i / vocabulary)]!.score;
      const candidates = largest(sums, 2 * numBeams).map(({ index, value }) => {
        const token = index % vocabulary;
        const parent = Math.floor(index / vocabulary);
        const tokens = [...running[parent]!.tokens, token];
        return { tokens, score: value, parent, ends: ends(token) || length === maxNewTokens };
      });
      // A candidate beyond the first numBeams only stands in for one that ends; it is not an answer itself.
      const ended = candidates.slice(0, numBeams).filter((one) => one.ends);
      finished = [
        ...finished,
        ...ended.map(({ tokens, score }) => ({ tokens, score: score / length ** lengthPenalty })),
      ]
        .sort((a, b) => b.score - a.score)
        .slice(0, numBeams);
      running = candidates.filter((one) => !one.ends).slice(0, numBeams);
      // The best that runs is judged as if it ended now: exact for a penalty of 0, a heuristic otherwise.
      const possible = running.length > 0 ? running[0]!.score / length ** lengthPenalty : Number.NEGATIVE_INFINITY;
      hopeless = running.length === 0 || (finished.length === numBeams && possible <= finished.at(-1)!.score);
    },
    best: () => finished[0] ?? { tokens: running[0]!.tokens, score: running[0]!.score },
  };
}

/** Rows of log-probabilities in float64; those in `ruledOut` have probability 0, the others are not raised for it. */
function logSoftmax(scores: Float32Array, vocabulary: number, ruledOut: readonly number[]): Float64Array {
  const result = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += vocabulary) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + vocabulary; i++) if (scores[i]! > top) top = scores[i]!;
    let total = 0;
    for (let i = from; i < from + vocabulary; i++) total += Math.exp(scores[i]! - top);
    const offset = top + Math.log(total);
    for (let i = from; i < from + vocabulary; i++) result[i] = scores[i]! - offset;
    for (const token of ruledOut) result[from + token] = Number.NEGATIVE_INFINITY;
  }
  return result;
}

/** The `count` largest values, largest first; of equal ones the earlier. */
function largest(values: Float64Array, count: number): { index: number; value: number }[] {
  const top: { index: number; value: number }[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (top.length === count && value <= top[count - 1]!.value) continue;
    let place = top.length;
    while (place > 0 && top[place - 1]!.value < value) place--;
    top.splice(place, 0, { index, value });
    if (top.length > count) top.pop();
  }
  return top;
}
