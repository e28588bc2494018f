/** Questions and answers as token ids, in the conventions of the model's family. */
import path from 'node:path';
import { captionPrompt } from '../models/blip_caption';
import type { Caption, QuestionAndAnswer, Reading } from '../models/reading';
import { openChat } from './chat';
import type { QuestionContext } from './prompts';
import { loadTokenizer, unusable } from './tokenizer_files';

export interface Encoded {
  ids: number[];
  /** Whether tokens were cut off. */
  truncated: boolean;
  /** Of a chat: from where to where the answers stand that were given earlier, with their stop tokens; ends excluded. */
  earlierAnswers?: readonly (readonly [number, number])[];
}

export interface Tokenizer {
  readonly padId: number;
  /** Whether an answer goes on with the question in one text: then that is a prompt, padded on the left where answers are generated. */
  readonly goesOn: boolean;
  /** Whether the vectors of images stand in the text, so that each text has its own number of them. */
  readonly placesImages: boolean;
  /** [CLS] (blip_vqa) or [ENC] (miss), the question's pieces, [SEP]; at most `maxTokens` ids in all. Of a chat model: the prompt, in which the question has at most so many; it alone has a context, of one image if absent. */
  question(text: string, maxTokens: number, context?: QuestionContext): Encoded;
  /** [DEC], the answer's pieces, [SEP]; at most `maxTokens` ids in all. What goes on with a prompt has no start token. */
  answer(text: string, maxTokens: number): Encoded;
  /** Text of generated ids, without special tokens. */
  decode(ids: readonly number[]): string;
}

/** @param template name of a chat model's prompt template; the family's if absent. @throws MP1101 unknown template, MP3006 */
export function openTokenizer(folder: string, reading: Reading, template?: string): Promise<Tokenizer> {
  return reading.kind === 'chat' ? openChat(folder, reading, template) : openWordPiece(folder, reading);
}

/**
 * Reads tokenizer.json (and tokenizer_config.json, if there is one) of a model folder.
 *
 * The first token of a question is [ENC] in BLIP's and MISS's own code (`models/blip_vqa.py`, `models/miss_vqa.py`) and stays [CLS] with
 * Hugging Face's BLIP processor. An answer starts with [DEC] in both, since generation starts from it. [DEC] and [ENC] are the two ids that
 * BLIP appends to BERT's vocabulary, in this order; a tokenizer.json without them has the ids that config.json gives.
 * @throws MP3006 missing or broken files, or ids that contradict config.json.
 */
async function openWordPiece(folder: string, special: QuestionAndAnswer | Caption): Promise<Tokenizer> {
  const file = path.join(folder, 'tokenizer.json');
  const hf = await loadTokenizer(folder, file);
  const idOf = (token: string): number | undefined => hf.token_to_id(token);
  const cls = idOf('[CLS]');
  const sep = idOf('[SEP]');
  if (cls === undefined || sep === undefined) throw unusable(file, 'it has no [CLS] and [SEP]');
  const dec = idOf('[DEC]') ?? special.bosTokenId;
  const enc = idOf('[ENC]') ?? special.bosTokenId + 1;
  const pad = idOf('[PAD]') ?? special.padTokenId;
  for (const [name, own, config] of [
    ['[SEP]', sep, special.sepTokenId],
    ['[DEC]', dec, special.bosTokenId],
    ['[PAD]', pad, special.padTokenId],
  ] as const)
    if (own !== config) throw unusable(file, `${name} is ${own} there and ${config} in config.json`);
  const goesOn = special.kind === 'caption';
  const first = special.kind === 'question_and_answer' && special.start === '[ENC]' ? enc : cls;
  const largest = Math.max(first, dec, ...hf.get_vocab(true).values());
  if (largest >= special.vocabSize)
    throw unusable(file, `its largest id is ${largest}, the model has embeddings for ${special.vocabSize} tokens`);

  const isSpecial = new Set([cls, sep, dec, enc, pad]);
  const encode = (start: number, text: string, maxTokens: number): Encoded => {
    const pieces = hf.encode(text, { add_special_tokens: false }).ids;
    const room = maxTokens - 2;
    return { ids: [start, ...pieces.slice(0, room), sep], truncated: pieces.length > room };
  };
  return {
    padId: pad,
    goesOn,
    placesImages: false,
    question(text, maxTokens) {
      const question = encode(first, text, maxTokens);
      return goesOn ? { ...question, ids: captionPrompt(question.ids, dec) } : question;
    },
    answer(text, maxTokens) {
      const answer = encode(dec, text, maxTokens);
      return goesOn ? { ...answer, ids: answer.ids.slice(1) } : answer;
    },
    decode: (ids) => {
      const kept = ids.filter((id) => !isSpecial.has(id));
      return kept.length
        ? joinNumbers(hf.decode(kept, { skip_special_tokens: true, clean_up_tokenization_spaces: true }))
        : '';
    },
  };
}

/** BERT's tokens do not say that a number's parts belong together: "5. 6 cm" was 5.6 cm, or no right answer with a decimal could ever match. */
function joinNumbers(text: string): string {
  return text.replace(/(\d)\. (?=\d)/g, '$1.').replace(/(\d) %/g, '$1%');
}
