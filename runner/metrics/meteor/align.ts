/**
 * The search for METEOR's alignment (Denkowski and Lavie 2011, section 3): each word stands for at most one other; as many matches as can be, then
 * as few chunks, then as little crossing. A beam of 40 from left to right through the reference, as the program METEOR 1.5 searches, so that
 * texts in which the beam loses the best alignment get that program's value.
 */
import type { Candidates, Match } from './matches';

const beam = 40;

export interface Alignment {
  exact: number;
  stem: number;
  /** Runs of matches that follow one another on both sides. */
  chunks: number;
}

/** An alignment of the reference's first words. */
interface Path extends Alignment {
  /** Sum of distances in the program's way of counting: see `extended`. */
  distance: number;
  /** Where the answer goes on if the next match belongs to the same chunk; none after a word without a match. */
  next: number | undefined;
  /** Positions of the answer that are taken, those of fixed matches from the start. */
  used: Uint8Array;
}

/** The best alignment that the beam finds. */
export function align(answerLength: number, candidates: Candidates): Alignment {
  const fixed = fixedMatches(answerLength, candidates);
  const used = new Uint8Array(answerLength);
  for (const match of fixed) if (match) used[match.at] = 1;
  let paths: Path[] = [{ exact: 0, stem: 0, chunks: 0, distance: 0, next: undefined, used }];
  candidates.forEach((matches, i) => {
    const kept = paths.sort(better).slice(0, beam);
    const only = fixed[i];
    paths = only
      ? kept.map((path) => withMatch(path, only, path.distance + Math.abs(i - only.at)))
      : kept.flatMap((path) => extended(path, matches, i));
  });
  return paths.map(closed).sort(better)[0]!;
}

/** Matches that exclude no other: the only one of their word on both sides. */
function fixedMatches(answerLength: number, candidates: Candidates): (Match | undefined)[] {
  const wanted = new Uint32Array(answerLength);
  for (const match of candidates.flat()) wanted[match.at]!++;
  return candidates.map((matches) => (matches.length === 1 && wanted[matches[0]!.at] === 1 ? matches[0] : undefined));
}

/** A stem counts half a match in each text, and half is rounded off: only equal words count here. */
function better(a: Path, b: Path): number {
  return b.exact - a.exact || a.chunks - b.chunks || a.distance - b.distance;
}

/**
 * The path with each match that is free, and without any. The program adds a match's distance to the path that does without it: so a path has
 * the distances of the matches that were tried before its own, not its own.
 */
function extended(path: Path, matches: readonly Match[], i: number): Path[] {
  let { distance } = path;
  const paths: Path[] = [];
  for (const match of matches) {
    if (path.used[match.at]) continue;
    const used = path.used.slice();
    used[match.at] = 1;
    paths.push({ ...withMatch(path, match, distance), used });
    distance += Math.abs(i - match.at);
  }
  return [...paths, { ...closed(path), distance }];
}

function withMatch(path: Path, { at, kind }: Match, distance: number): Path {
  const breaks = path.next !== undefined && path.next !== at;
  return { ...path, [kind]: path[kind] + 1, chunks: path.chunks + (breaks ? 1 : 0), distance, next: at + 1 };
}

/** The path with its last chunk at an end. */
function closed(path: Path): Path {
  return path.next === undefined ? path : { ...path, chunks: path.chunks + 1, next: undefined };
}
