/** Exact match over open items whose answer was chosen from a list of candidates: easier than writing it, and no measure of writing. */
import { meanOverItems } from './metric';
import { matchesExactly } from './reference';

export const candidateAccuracy = meanOverItems({
  id: 'candidate_accuracy',
  summary: 'exact match over open questions whose answer was chosen from a list of candidates',
  scores: 'proportion',
  applies: ({ answerType, candidates }) => answerType === 'open' && candidates !== undefined,
  score: matchesExactly,
});
