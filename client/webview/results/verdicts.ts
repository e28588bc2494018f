/** Verdicts as they are shown: a sign, so that colour is never alone, and a word. */
import type { Verdict } from '../../panels/protocol';

export const verdictSigns: Record<Verdict, string> = { right: '✓', partly: '~', wrong: '✗', unscored: '–' };

export const verdictWords: Record<Verdict, string> = {
  right: '✓ right',
  partly: '~ partly right',
  wrong: '✗ wrong',
  unscored: 'not scored',
};
