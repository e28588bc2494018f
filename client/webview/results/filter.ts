/** Which items are listed. No DOM in here. */
import type { ItemFilter, ItemSet, ResultItem, Verdict } from '../../panels/protocol';

export const noFilter: ItemFilter = { verdict: 'all', facets: {}, noted: false, text: '' };

/** Facets with more values than this are no choice but a search. */
const mostValues = 30;

/** Facets that tell items of a set apart, each with its values. */
export function facetsOf({ items }: ItemSet): { name: string; values: string[] }[] {
  const found = new Map<string, Set<string>>();
  for (const { facets } of items)
    for (const [name, value] of Object.entries(facets)) {
      const values = found.get(name) ?? new Set();
      if (values.size <= mostValues) values.add(value);
      found.set(name, values);
    }
  return [...found]
    .filter(([, values]) => values.size > 1 && values.size <= mostValues)
    .map(([name, values]) => ({ name, values: [...values].sort((a, b) => a.localeCompare(b)) }));
}

/** `wrong` takes the partly right ones too. */
const isWrong = (verdict: Verdict | undefined) => verdict === 'wrong' || verdict === 'partly';

/** Right for one run and wrong for another. */
export function changedSides({ answers }: ResultItem): boolean {
  return answers.some(({ verdict }) => verdict === 'right') && answers.some(({ verdict }) => isWrong(verdict));
}

function hasVerdict(item: ResultItem, wanted: string): boolean {
  const { answers } = item;
  if (wanted === 'right') return answers.every(({ verdict }) => verdict === 'right');
  if (wanted === 'wrong') return answers.every(({ verdict }) => isWrong(verdict));
  if (wanted === 'changed') return changedSides(item);
  const [, first, second] = /^(\d+)>(\d+)$/.exec(wanted) ?? [];
  if (first === undefined || second === undefined) return true;
  return isWrong(answers[Number(first)]?.verdict) && answers[Number(second)]?.verdict === 'right';
}

/** Items that the filter lets through, in order. A facet that the set does not have lets all through: it is another set's. */
export function filterItems(set: ItemSet, { verdict, facets, noted, text }: ItemFilter): ResultItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const known = new Set(facetsOf(set).map(({ name }) => name));
  const asked = Object.entries(facets).filter(([name]) => known.has(name));
  return set.items.filter((item) => {
    if (asked.some(([name, value]) => item.facets[name] !== value)) return false;
    if (noted && !item.answers.some(({ note }) => note?.flagged || note?.text)) return false;
    if (!hasVerdict(item, verdict)) return false;
    if (words.length === 0) return true;
    const answers = item.answers.map(({ prediction }) => prediction).join(' ');
    const searched = `${item.id} ${item.question} ${item.reference} ${answers}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
