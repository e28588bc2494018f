/** Questions and answers as token ids, in the conventions of the model's family. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { MedpeftError } from '../errors';
import type { QuestionAndAnswer } from '../models/reading';

export interface Encoded {
  ids: number[];
  /** Whether tokens were cut off. */
  truncated: boolean;
}

export interface Tokenizer {
  readonly padId: number;
  /** [CLS] (blip_vqa) or [ENC] (miss), the question's pieces, [SEP]; at most `maxTokens` ids in all. */
  question(text: string, maxTokens: number): Encoded;
  /** [DEC], the answer's pieces, [SEP]; at most `maxTokens` ids in all. */
  answer(text: string, maxTokens: number): Encoded;
  /** Text of generated ids, without special tokens. */
  decode(ids: readonly number[]): string;
}

/**
 * Reads tokenizer.json (and tokenizer_config.json, if there is one) of a model folder.
 *
 * The first token of a question is [ENC] in BLIP's and MISS's own code (`models/blip_vqa.py`, `models/miss_vqa.py`) and stays [CLS] with
 * Hugging Face's BLIP processor. An answer starts with [DEC] in both, since generation starts from it. [DEC] and [ENC] are the two ids that
 * BLIP appends to BERT's vocabulary, in this order; a tokenizer.json without them has the ids that config.json gives.
 * @throws MP3006 missing or broken files, or ids that contradict config.json.
 */
export async function openTokenizer(folder: string, special: QuestionAndAnswer): Promise<Tokenizer> {
  const file = path.join(folder, 'tokenizer.json');
  const hf = await load(folder, file);
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
  const first = special.start === '[ENC]' ? enc : cls;
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
    question: (text, maxTokens) => encode(first, text, maxTokens),
    answer: (text, maxTokens) => encode(dec, text, maxTokens),
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

async function load(folder: string, file: string): Promise<HfTokenizer> {
  const tokenizer = await readJson(file, true);
  const config = await readJson(path.join(folder, 'tokenizer_config.json'), false);
  try {
    return new HfTokenizer(tokenizer, config);
  } catch (cause) {
    throw unusable(file, (cause as Error).message, cause);
  }
}

async function readJson(file: string, required: boolean): Promise<object> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unusable(file, 'it cannot be read', cause);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw unusable(file, `it is not valid JSON (${(cause as Error).message})`, cause);
  }
  throw unusable(file, 'it is not a JSON object');
}

function unusable(file: string, what: string, cause?: unknown): MedpeftError {
  return new MedpeftError(
    'MP3006',
    `tokenizer ${file} cannot be used: ${what}`,
    'copy tokenizer.json and tokenizer_config.json of the checkpoint into the model folder; a vocab.txt alone is not read',
    file,
    { cause },
  );
}
