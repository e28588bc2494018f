/** Verdicts as they are shown: a sign, so that colour is never alone, and a word. */
import type { Verdict } from '../../panels/protocol';
import { t } from '../common/l10n';

export const verdictSigns: Record<Verdict, string> = { right: '✓', partly: '~', wrong: '✗', unscored: '–' };

export const verdictWords: Record<Verdict, string> = {
  right: `✓ ${t('right')}`,
  partly: `~ ${t('partly right')}`,
  wrong: `✗ ${t('wrong')}`,
  unscored: t('not scored'),
};
