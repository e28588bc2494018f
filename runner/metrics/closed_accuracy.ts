/** Exact match over the items that the data set calls closed, whatever their answers are (VQA-RAD: 21 of 272 in test are not yes or no). */
import { meanOverItems } from './metric';
import { matchesExactly } from './reference';

export const closedAccuracy = meanOverItems({
  id: 'closed_accuracy',
  summary: 'exact match over closed questions, those with other answers than yes and no included',
  scores: 'proportion',
  applies: ({ answerType }) => answerType === 'closed',
  score: matchesExactly,
});
