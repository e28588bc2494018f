/** What a training curve shows that is easily overlooked, in words. No DOM in here. */

import { t } from '../common/l10n';
import { figure } from '../common/words';
import type { ShownCurve } from './model';

/** Fewer points tell nothing. */
const leastPoints = 20;

/**
 * Says of a smoothed loss that it rises (now twice its lowest and above its start), or that it has not fallen for long (for a third of its
 * points). Figures, not verdicts: a schedule that decays to nothing ends flat as it should.
 */
export function remarkOn({ steps, smooth }: ShownCurve): string | undefined {
  if (smooth.length < leastPoints) return undefined;
  let lowest = 0;
  for (let i = 1; i < smooth.length; i++) if (smooth[i]! < smooth[lowest]!) lowest = i;
  const last = smooth.length - 1;
  const where = t('lowest {0} at step {1}, now {2}', figure(smooth[lowest]), steps[lowest]!, figure(smooth[last]));
  if (smooth[last]! > 2 * smooth[lowest]! && smooth[last]! > smooth[0]!)
    return t('the smoothed loss rises: {0}', where);
  if (last - lowest > smooth.length / 3)
    return t('the smoothed loss has not fallen since step {0}: {1}', steps[lowest]!, where);
  return undefined;
}
