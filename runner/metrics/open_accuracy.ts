/** Exact match over open items. Strict: "left lung" against "the left lung base" is wrong; open_f1 gives partial credit. */
import { meanOverItems } from './metric';
import { matchesExactly } from './reference';

export const openAccuracy = meanOverItems({
  id: 'open_accuracy',
  summary: 'exact match over open questions',
  scores: 'proportion',
  applies: ({ answerType }) => answerType === 'open',
  score: matchesExactly,
});
