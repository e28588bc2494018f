/**
 * A spec read with its misspelt words as they were meant, so that one slip is one error: what would follow from it (a missing key, an unknown
 * name, a metric that is not computed) is not reported as well. Nothing is forgiven: each slip stays an error of its own.
 */
import type { Finding } from './report';
import { checkStructure } from './structure';
import type { Path } from './types';
import { valueAt } from './values';

export interface AsMeant {
  /** The value with keys and metrics as they were meant. */
  value: unknown;
  /** The misspelt words; paths are those of `value`. */
  slips: Finding[];
  /** Every other mistake of structure; paths are those of `value`. */
  structure: Finding[];
  /** Those of them that are told: what does not suit a key that was only guessed may have been meant for another one. */
  told: Finding[];
  /** The place in the text of a place in `value`. */
  written(path: Path): Path;
}

type Values = Record<string | number, unknown>;

/** Repairs reveal what stands below them; deeper than this no spec is nested. */
const mostRounds = 12;

/** @returns the value itself where nothing is misspelt */
export function readAsMeant(given: unknown): AsMeant {
  let value = given;
  let structure = checkStructure(value);
  const slips: Finding[] = [];
  const keys = new Map<string, string | number>();
  for (let round = 0; round < mostRounds; round++) {
    const repairs = outermost(structure.filter((finding) => isRepairable(value, finding)));
    if (repairs.length === 0) break;
    const repaired: unknown = structuredClone(value);
    for (const repair of repairs) apply(repaired, repair);
    for (const repair of repairs) {
      if (repair.code === 'MP1002') keys.set(JSON.stringify(meantPath(repair)), repair.path.at(-1)!);
      slips.push({ ...repair, path: meantPath(repair) });
    }
    value = repaired;
    structure = checkStructure(repaired);
  }
  return {
    value,
    slips,
    structure,
    told: structure.filter(({ path }) => !slips.some((slip) => isSame(slip.path, path))),
    written: (path) => path.map((key, i) => keys.get(JSON.stringify(path.slice(0, i + 1))) ?? key),
  };
}

/** An unknown key whose likely meaning is still free, or a misspelt metric of a list. */
function isRepairable(value: unknown, { code, path, suggestion }: Finding): boolean {
  if (suggestion === undefined) return false;
  if (code === 'MP1005') return path.at(-2) === 'metrics' && typeof path.at(-1) === 'number';
  return code === 'MP1002' && valueAt(value, [...path.slice(0, -1), suggestion]) === undefined;
}

/** Repairs of one round, one for each key that was meant, and none below another. */
function outermost(repairs: readonly Finding[]): Finding[] {
  const first = new Map(repairs.toReversed().map((repair) => [JSON.stringify(meantPath(repair)), repair]));
  return [...first.values()].filter(
    ({ path }) =>
      !repairs.some(({ path: other }) => other.length < path.length && other.every((key, i) => key === path[i])),
  );
}

function meantPath({ code, path, suggestion }: Finding): Path {
  return code === 'MP1002' ? [...path.slice(0, -1), suggestion!] : path;
}

/** Keys keep their order. */
function apply(root: unknown, { code, path, suggestion }: Finding): void {
  const owner = valueAt(root, path.slice(0, -1)) as Values;
  if (code !== 'MP1002') {
    owner[path.at(-1)!] = suggestion;
    return;
  }
  const entries = Object.entries(owner);
  for (const [key] of entries) delete owner[key];
  for (const [key, entry] of entries) owner[key === path.at(-1) ? suggestion! : key] = entry;
}

const isSame = (a: Path, b: Path): boolean => a.length === b.length && a.every((key, i) => key === b[i]);
