/** Prompt templates of chat models: how questions, what was said before, and a system text become one text that an answer goes on with. */
import { MedpeftError } from '../errors';

/** A question and its answer, earlier in a chat. */
export interface Exchange {
  question: string;
  answer: string;
}

/** What a question is asked with. */
export interface QuestionContext {
  /** Images that it is about. */
  images?: number;
  /** Stands in place of the template's own system text. */
  system?: string;
  earlier?: readonly Exchange[];
}

/** `{images}` stands where the images' vectors and their line ends go, `{system}` where the system text goes; the answer follows each question. */
interface PromptTemplate {
  system: string;
  /** Between the system text and what follows, if there is one. */
  afterSystem: string;
  first: string;
  later: string;
}

const templates: Readonly<Record<string, PromptTemplate>> = {
  // LLaVA-Med v1.5 (`conv_mistral_instruct`), mistralai/mistral-common: the blanks are SentencePiece's; a system text is part of the first question.
  mistral_instruct: {
    system: '',
    afterSystem: '\n\n',
    first: '[INST] {system}{images}{question} [/INST]',
    later: '[INST] {question} [/INST]',
  },
  // LLaVA-1.5: haotian-liu/LLaVA `conversation.py`, conv_vicuna_v1.
  vicuna_v1: {
    system:
      "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions.",
    afterSystem: ' ',
    first: '{system}USER: {images}{question} ASSISTANT:',
    later: 'USER: {question} ASSISTANT:',
  },
  // A language model without chat training.
  plain: { system: '', afterSystem: '\n', first: '{system}{images}{question}\n', later: '{question}\n' },
};

export const promptTemplateNames: readonly string[] = Object.keys(templates);

/** @throws MP1101 if there is no template of that name. */
export function promptTemplate(name: string): PromptTemplate {
  if (Object.hasOwn(templates, name)) return templates[name]!;
  throw new MedpeftError(
    'MP1101',
    `there is no prompt template "${name}"`,
    `there are ${promptTemplateNames.join(', ')}`,
    'prompt_template',
  );
}

/** A prompt in pieces that are tokenised by themselves. */
export interface PromptPart {
  /** Texts; the vectors of an image stand between each two of them. */
  texts: string[];
  /** The answer that follows, where it was given earlier. */
  answer?: string;
}

/** What an answer to a question goes on with, exchange by exchange; the last has no answer yet. Images stand before the first question, as LLaVA's `preprocess_multimodal` moves them. */
export function promptParts(template: PromptTemplate, question: string, context: QuestionContext = {}): PromptPart[] {
  const { images = 0, system = template.system, earlier = [] } = context;
  const asked = [...earlier.map((exchange) => exchange.question), question];
  // Split by the template's own marks first: in a question they mean themselves.
  const ask = (text: string, i: number): string[] => {
    const [head, tail] = (i === 0 ? template.first : template.later).split('{question}') as [string, string];
    const [before, after] = head.split('{images}') as [string, string?];
    const begin = before.replace('{system}', () => (system === '' ? '' : system + template.afterSystem));
    const end = (after ?? '') + text + tail;
    if (i > 0 || images === 0) return [begin + end];
    return [begin, ...Array<string>(images - 1).fill('\n'), `\n${end}`];
  };
  return asked.map((text, i) => ({ texts: ask(text, i), ...(earlier[i] ? { answer: earlier[i].answer } : {}) }));
}

/** A prompt as people read it: `<image>` for the vectors of an image, `</s>` where an answer ends. */
export function shownPrompt(name: string, question: string, context: QuestionContext = {}): string {
  return promptParts(promptTemplate(name), question, context)
    .map(({ texts, answer }) => texts.join('<image>') + (answer === undefined ? '' : ` ${answer}</s>`))
    .join('');
}
