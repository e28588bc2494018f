/** Exact match over the closed items whose reference is yes or no. */
import { meanOverItems } from './metric';
import { normalizeAnswer } from './normalize';
import { answersOf, matchesExactly } from './reference';

const yesNo = new Set(['yes', 'no']);

export const closedYesNoAccuracy = meanOverItems({
  id: 'closed_yes_no_accuracy',
  summary: 'exact match over closed questions whose reference is yes or no',
  scores: 'proportion',
  applies: (item) => item.answerType === 'closed' && answersOf(item).every((text) => yesNo.has(normalizeAnswer(text))),
  score: matchesExactly,
});
