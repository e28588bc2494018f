/** Which items are listed, and what counts as right. No DOM in here. */
import type { ItemFilter, ItemSet, ResultItem } from '../../panels/protocol';

export type Verdict = 'right' | 'partly' | 'wrong' | 'unscored';

export const noFilter: ItemFilter = { verdict: 'all', answerType: 'all', text: '' };

/** What the deciding metric says of an item: 1 is right, 0 wrong, anything between partly right. */
export function verdictOf(item: ResultItem, metric: string | undefined): Verdict {
  const score = metric === undefined ? undefined : item.scores[metric];
  if (typeof score !== 'number') return 'unscored';
  if (score >= 1) return 'right';
  return score > 0 ? 'partly' : 'wrong';
}

/** Items that the filter lets through, in order. `wrong` takes the partly right ones too. */
export function filterItems({ items, metric }: ItemSet, { verdict, answerType, text }: ItemFilter): ResultItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    if (answerType !== 'all' && item.answerType !== answerType) return false;
    if (verdict !== 'all') {
      const found = verdictOf(item, metric);
      if (verdict === 'right' ? found !== 'right' : found !== 'wrong' && found !== 'partly') return false;
    }
    if (words.length === 0) return true;
    const searched = `${item.id} ${item.question} ${item.reference} ${item.prediction}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
