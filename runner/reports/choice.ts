/** How a learning rate was chosen, in words. */
import type { RateChoice } from '../../schemas/generated/result';

/** `learning rate 0.001: the best on validation (exact_match) of 0.0003 (41.2), 0.001 (43.0), 0.003 (given up)`. */
export function choiceText(
  { learning_rate: rate, metric, candidates }: RateChoice,
  show: (score: number) => string,
): string {
  const tried = candidates.map(
    ({ learning_rate, score, failed }) =>
      `${learning_rate} (${failed !== undefined || score === undefined ? 'given up' : show(score)})`,
  );
  return `learning rate ${rate}: the best on validation (${metric}) of ${tried.join(', ')}`;
}
