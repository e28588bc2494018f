/** Stored predictions as what metrics judge. */
import type { Prediction } from '../../schemas/generated/prediction';
import type { Reference } from './metric';

/** What the prediction of a line is judged against. */
export function referenceOf({ reference, answer_type, candidates }: Prediction): Reference {
  return {
    answer: reference,
    ...(answer_type ? { answerType: answer_type } : {}),
    ...(candidates === undefined ? {} : { candidates }),
  };
}
