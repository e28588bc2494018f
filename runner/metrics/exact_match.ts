/** Share of answers that equal the reference after VQA-v2 normalisation, over all items. */
import { meanOverItems } from './metric';
import { matchesExactly } from './reference';

export const exactMatch = meanOverItems({
  id: 'exact_match',
  summary: 'share of answers equal to the reference after VQA-v2 normalisation, over all items',
  scores: 'proportion',
  applies: () => true,
  score: matchesExactly,
});
