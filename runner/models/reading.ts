/** How the models of a family read text: all that data must know to make batches of questions and answers. */

/** Ids with a special meaning, as the model's config.json has them. */
export interface SpecialIds {
  /** Starts every answer: [DEC]. */
  bosTokenId: number;
  /** Ends questions and answers: [SEP]. */
  sepTokenId: number;
  padTokenId: number;
  vocabSize: number;
}

/** One union member for each way of reading. */
export type Reading = QuestionAndAnswer;

/** BLIP VQA: an encoder reads the question, a decoder the answer. */
export interface QuestionAndAnswer extends SpecialIds {
  kind: 'question_and_answer';
  /** First token of a question. */
  start: '[CLS]' | '[ENC]';
}
