/** Over open items: share of the answer's words that the reference has; mean over items. */
import { openOverlap } from './overlap';

export const openPrecision = openOverlap(
  'open_precision',
  "over open questions, share of the answer's words that the reference has; mean over items",
  'precision',
);
