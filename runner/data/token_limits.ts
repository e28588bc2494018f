/** How many tokens questions and answers of a task may have. */
import type { Task } from '../../schemas/generated/spec';

export interface TokenLimits {
  /** Special tokens included. */
  question: number;
  answer: number;
  /** Key of the task that says how many an answer may have. */
  answerKey: 'max_answer_tokens' | 'max_report_tokens';
}

/** A prompt is never cut: the model refuses what is too long for it. */
export function tokenLimits(task: Task): TokenLimits {
  if (task.type === 'report_generation')
    return {
      question: Number.POSITIVE_INFINITY,
      answer: task.max_report_tokens ?? 100,
      answerKey: 'max_report_tokens',
    };
  const limits: { max_question_tokens?: number; max_answer_tokens?: number } = task.type === 'vqa' ? task : {};
  return {
    question: limits.max_question_tokens ?? 35,
    answer: limits.max_answer_tokens ?? 12,
    answerKey: 'max_answer_tokens',
  };
}
