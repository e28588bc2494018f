/** How the models of a family read text: all that data must know to make batches of questions and answers. */

/** How an image of any shape becomes a square. */
export type ImageFit = 'squash' | 'crop' | 'pad';

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
export type Reading = QuestionAndAnswer | Caption | Chat;

/** BLIP VQA: an encoder reads the question, a decoder the answer. */
export interface QuestionAndAnswer extends SpecialIds {
  kind: 'question_and_answer';
  /** First token of a question. */
  start: '[CLS]' | '[ENC]';
}

/** BLIP captions: a decoder reads [DEC] and the prompt, and goes on with the answer. */
export interface Caption extends SpecialIds {
  kind: 'caption';
}

/** LLaVA, LLaMA: one decoder reads a prompt and goes on with the answer. */
export interface Chat {
  kind: 'chat';
  vocabSize: number;
  /** Starts a text, if there is one. */
  bosTokenId: number | undefined;
  /** End an answer; training teaches the first. */
  eosTokenIds: readonly number[];
  padTokenId: number | undefined;
  /** Name of the prompt template that is used unless a spec names one. */
  template: string;
  /** The id that stands in a text for each vector of an image, and how many an image has; absent if the model sees none. */
  image?: { tokenId: number; length: number };
}
