/** A WordPiece tokenizer of twelve tokens in Hugging Face's layout. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './fixture';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'yes', 'no', 'lung', '##s', 'question'];
const added = ['[DEC]', '[ENC]'];

const toyIds = { kind: 'question_and_answer', bosTokenId: 10, sepTokenId: 3, padTokenId: 0, vocabSize: 12 } as const;
/** What the toy models read: questions start as blip_vqa's, or as those of miss. */
export const toyBlip = { ...toyIds, start: '[CLS]' } as const;
export const toyMiss = { ...toyIds, start: '[ENC]' } as const;

/** @returns the model folder */
export function writeTokenizer({ withoutAdded = false } = {}): string {
  const folder = temporaryFolder();
  const special = [...words.slice(0, 5), ...(withoutAdded ? [] : added)];
  const ids = new Map([...words, ...added].map((word, id) => [word, id]));
  const token = (content: string) => ({
    id: ids.get(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const tokenizer = {
    version: '1.0',
    added_tokens: special.map(token),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
  writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return folder;
}
