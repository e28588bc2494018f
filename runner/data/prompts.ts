/** Prompt templates of chat models: one line each. */
import { MedpeftError } from '../errors';

/** `<image>` stands where the image's vectors go, `{question}` where the question goes; the answer follows. */
const templates: Readonly<Record<string, string>> = {
  // LLaVA-Med v1.5, mistralai/mistral-common: the blanks are SentencePiece's.
  mistral_instruct: '[INST] <image>\n{question} [/INST]',
  // LLaVA-1.5: haotian-liu/LLaVA `conversation.py`, conv_vicuna_v1.
  vicuna_v1:
    "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions. USER: <image>\n{question} ASSISTANT:",
  // A language model without chat training.
  plain: '<image>\n{question}\n',
};

/** @throws MP1101 if there is no template of that name. */
export function promptTemplate(name: string): string {
  if (Object.hasOwn(templates, name)) return templates[name]!;
  throw new MedpeftError(
    'MP1101',
    `there is no prompt template "${name}"`,
    `there are ${Object.keys(templates).join(', ')}`,
    'prompt_template',
  );
}
