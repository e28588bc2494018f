/** Findings within one split. Pure. */
import type { Item } from '../types';
import { answerOf, itemKey, questionKey } from './asked';
import { type Finding, finding } from './finding';

export function within(split: string, items: readonly Item[]): Finding[] {
  const seen = new Set<string>();
  const copies: string[] = [];
  const answers = new Map<string, { id: string; answer: string; several: boolean }>();
  for (const item of items) {
    const key = itemKey(item);
    if (seen.has(key)) copies.push(item.id);
    seen.add(key);
    const question = questionKey(item);
    const known = answers.get(question);
    if (!known) answers.set(question, { id: item.id, answer: answerOf(item), several: false });
    else if (known.answer !== answerOf(item)) known.several = true;
  }
  const several = [...answers.values()].filter((one) => one.several).map(({ id }) => id);
  const closed = items.filter((item) => item.kind === 'vqa' && item.answerType === 'closed' && !item.choices);
  const others = closed.filter((item) => !/^(yes|no)$/.test(answerOf(item))).map(({ id }) => id);
  return [
    ...finding('contradicting_answers', [split], several, { of: answers.size }),
    ...finding('closed_not_yes_no', [split], others, { of: closed.length }),
    ...finding('item_repeated', [split], copies, { of: items.length }),
  ];
}
