/** Reports as they are trained on and scored: what `cleaning` and `max_reference_tokens` of a report_generation task mean. */
import type { Task } from '../../schemas/generated/spec';
import type { Tokenizer } from './tokenizer';

/** The texts of a task, by what they are used for. */
export interface TextForms {
  /** What the model is trained to write. */
  target(answer: string): string;
  /** What an answer is scored against. */
  reference(answer: string): string;
  /** A generated text as it is scored. */
  prediction(text: string): string;
}

const asItIs: TextForms = { target: (text) => text, reference: (text) => text, prediction: (text) => text };

/**
 * `none`: the reference is spelled as the model's tokenizer spells it (an uncased one knows no capitals), so that both sides are written alike.
 * `r2gen`: targets, references and predictions are cleaned as R2Gen does; references are R2Gen's own, predictions get back the hyphens that
 * BERT's tokens set apart. Answers to questions are left as they are: their metrics normalise.
 */
export function textFormsOf(task: Task, tokenizer: Pick<Tokenizer, 'answer' | 'decode'>): TextForms {
  if (task.type !== 'report_generation') return asItIs;
  const cut = (text: string) => firstWords(text, task.max_reference_tokens);
  if (task.cleaning === 'r2gen')
    return {
      target: cleanAsR2Gen,
      reference: (text) => cut(cleanAsR2Gen(text)),
      prediction: (text) => (text.trim() ? cleanAsR2Gen(text.replaceAll(' - ', '-')) : ''),
    };
  const spelled = (text: string) => tokenizer.decode(tokenizer.answer(text, Number.POSITIVE_INFINITY).ids);
  return { ...asItIs, reference: (text) => cut(spelled(text)) };
}

function firstWords(text: string, limit = Number.POSITIVE_INFINITY): string {
  const words = text.split(/\s+/).filter(Boolean);
  return words.length > limit ? words.slice(0, limit).join(' ') : text;
}

/**
 * Report cleaning of R2Gen (Chen et al. 2020; `modules/tokenizers.py`, `clean_report_mimic_cxr`, which gives the same words as its variant for
 * IU X-Ray): list numbers off, lower case, marks deleted within sentences (so that 5.6 becomes 56), ` . ` between and after them. Words are
 * joined by one blank.
 */
export function cleanAsR2Gen(report: string): string {
  let text = report.replaceAll('\n', ' ');
  for (const doubled of ['__', '  ', '..']) {
    const times = doubled === '__' ? 7 : doubled === '  ' ? 6 : 8;
    for (let i = 0; i < times; i++) text = text.replaceAll(doubled, doubled[0]!);
  }
  text = text.replaceAll('1. ', '');
  for (const number of [2, 3, 4, 5]) text = text.replaceAll(`. ${number}. `, '. ');
  for (const number of [2, 3, 4, 5]) text = text.replaceAll(` ${number}. `, '. ');
  const sentences = text
    .trim()
    .toLowerCase()
    .split('. ')
    .map((sentence) =>
      sentence
        .replace(/["/\\']/g, '')
        .trim()
        .replace(/[.,?;*!%^&_+():-[\]{}]/g, ''),
    );
  return `${sentences.join(' . ')} .`.split(/\s+/).filter(Boolean).join(' ');
}
