/** Over open items: share of the reference's words that the answer has; mean over items. */
import { openOverlap } from './overlap';

export const openRecall = openOverlap(
  'open_recall',
  "over open questions, share of the reference's words that the answer has; mean over items",
  'recall',
);
