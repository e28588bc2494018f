/** Over open items: harmonic mean of open_recall and open_precision of each item; mean over items. */
import { openOverlap } from './overlap';

export const openF1 = openOverlap(
  'open_f1',
  'over open questions, harmonic mean of open_recall and open_precision of each item; mean over items',
  'f1',
);
