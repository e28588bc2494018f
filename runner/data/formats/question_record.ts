/** A record of one question on one image, as VQA-RAD, SLAKE and PathVQA have it: its checks, and what was cleaned of it. */
import type { Source } from '../source';
import type { VqaItem } from '../types';
import type { ReadRecord } from './format';
import { bad, clean, good } from './values';

interface Parts extends Pick<VqaItem, 'id' | 'image' | 'imageHash' | 'fields'> {
  /** As the file has them. */
  question: unknown;
  answer: unknown;
  /** Undefined: neither closed nor open. May depend on the cleaned answer. */
  answerType(answer: string): VqaItem['answerType'] | undefined;
  questionType?: string;
  /** What is said where there is no image. */
  withoutImage: string;
}

/** @returns an item, or the first reason why it cannot be one. What was cleaned is noted in the source. */
export function questionRecord(parts: Parts, source: Source): ReadRecord {
  const { id, image, imageHash, questionType, fields } = parts;
  const [question, answer] = [clean(parts.question), clean(parts.answer)];
  if (!image) return bad(id, parts.withoutImage);
  if (!question) return bad(id, 'the question is empty');
  if (!answer) return bad(id, 'the answer is empty');
  const answerType = parts.answerType(answer);
  if (!answerType) return bad(id, 'answer_type is neither CLOSED nor OPEN');
  if (typeof parts.answer === 'number') source.note('answer_number', 'answers that are numbers, read as text', id);
  const spaced = [parts.question, parts.answer].some((text) => typeof text === 'string' && clean(text) !== text);
  if (spaced) source.note('text_blanks', 'questions or answers with TABs, line ends, outer or double blanks', id);
  return good({
    kind: 'vqa',
    id,
    image,
    question,
    answer,
    answerType,
    fields,
    ...(questionType ? { questionType } : {}),
    ...(imageHash === undefined ? {} : { imageHash }),
  });
}
