/** Prompts as texts. Expected: haotian-liu/LLaVA `conversation.py` (conv_vicuna_v1, get_prompt) and mistral-common's v1. */
import { expect, it } from 'vitest';
import { promptTemplate, type QuestionContext, shownPrompt } from '../../../runner/data/prompts';
import { failure } from './fixture';

const vicuna =
  "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions.";
const earlier = [{ question: 'Organ?', answer: 'A lung.' }];

it.each<[string, string, QuestionContext, string]>([
  ['vicuna_v1', 'Left?', { images: 1 }, `${vicuna} USER: <image>\nLeft? ASSISTANT:`],
  [
    'vicuna_v1',
    'Left?',
    { images: 1, earlier },
    `${vicuna} USER: <image>\nOrgan? ASSISTANT: A lung.</s>USER: Left? ASSISTANT:`,
  ],
  ['vicuna_v1', 'Left?', { system: 'Be brief.' }, 'Be brief. USER: Left? ASSISTANT:'],
  ['mistral_instruct', 'Left?', { images: 2 }, '[INST] <image>\n<image>\nLeft? [/INST]'],
  [
    'mistral_instruct',
    'Left?',
    { images: 1, system: 'Be brief.', earlier },
    '[INST] Be brief.\n\n<image>\nOrgan? [/INST] A lung.</s>[INST] Left? [/INST]',
  ],
  ['plain', 'Left?', { earlier }, 'Organ?\n A lung.</s>Left?\n'],
  ['plain', 'a {images} $& {question}', { images: 1 }, '<image>\na {images} $& {question}\n'],
])('%s: %s %j', (name, question, context, expected) => {
  expect(shownPrompt(name, question, context)).toBe(expected);
});

it('refuses a template that nobody knows, with those that are known', () => {
  expect(() => promptTemplate('alpaca')).toThrow(failure('MP1101', /no prompt template "alpaca"/));
});
