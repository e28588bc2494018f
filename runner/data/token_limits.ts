/** How many tokens questions and answers of a task may have. */
import type { Task } from '../../schemas/generated/spec';

export interface TokenLimits {
  /** Special tokens included. */
  question: number;
  answer: number;
  /** Key of the task that says how many an answer may have. */
  answerKey: 'max_answer_tokens' | 'max_report_tokens' | 'max_length';
  /** Of a whole chat that is trained on, images included; other texts have no such limit. */
  chat?: number;
}

/** A prompt is never cut: the model refuses what is too long for it. */
export function tokenLimits(task: Task): TokenLimits {
  if (task.type === 'report_generation')
    return {
      question: Number.POSITIVE_INFINITY,
      answer: task.max_report_tokens ?? 100,
      answerKey: 'max_report_tokens',
    };
  if (task.type === 'instruction') {
    const unlimited = Number.POSITIVE_INFINITY;
    return { question: unlimited, answer: unlimited, answerKey: 'max_length', chat: task.max_length ?? 2048 };
  }
  return {
    question: task.max_question_tokens ?? 35,
    answer: task.max_answer_tokens ?? 12,
    answerKey: 'max_answer_tokens',
  };
}

/** What is cut to how much: "answers are cut to 12". */
export function cutWords({ answer, chat }: TokenLimits): string {
  return chat === undefined ? `answers are cut to ${answer}` : `chats are cut to ${chat}`;
}
