/** Questions and answers as the texts of a chat model: a prompt made by a template, and the answer that it is to go on with. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Chat } from '../models/reading';
import { promptParts, promptTemplate } from './prompts';
import { readSentencePiece } from './sentencepiece';
import type { Encoded, Tokenizer } from './tokenizer';
import { exists, loadTokenizer, unusable } from './tokenizer_files';

interface Pieces {
  size: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}

/**
 * Reads tokenizer.json, or tokenizer.model (SentencePiece) where there is none.
 * @param template name of the prompt template; the family's if absent
 * @throws MP1101 unknown template; MP3006 missing or broken files, or ids that the model has no embeddings for
 */
export async function openChat(folder: string, chat: Chat, template: string = chat.template): Promise<Tokenizer> {
  const { file, pieces } = await openPieces(folder);
  const [eos] = chat.eosTokenIds;
  const padId = chat.padTokenId ?? eos!;
  const largest = Math.max(pieces.size - 1, padId, ...chat.eosTokenIds, chat.bosTokenId ?? 0);
  if (largest >= chat.vocabSize)
    throw unusable(file, `its largest id is ${largest}, the model has embeddings for ${chat.vocabSize} tokens`);
  const prompt = promptTemplate(template);
  const begin = chat.bosTokenId === undefined ? [] : [chat.bosTokenId];
  const image = chat.image ? Array<number>(chat.image.length).fill(chat.image.tokenId) : [];
  const special = new Set([padId, ...begin, ...chat.eosTokenIds, ...(chat.image ? [chat.image.tokenId] : [])]);

  /** A text of at most so many tokens: those of its beginning, as text again. */
  const cut = (text: string, maxTokens: number): { text: string; truncated: boolean } => {
    const ids = pieces.encode(text);
    return ids.length <= maxTokens
      ? { text, truncated: false }
      : { text: pieces.decode(ids.slice(0, maxTokens)), truncated: true };
  };
  return {
    padId,
    goesOn: true,
    placesImages: true,
    question(text, maxTokens, context = {}): Encoded {
      const { text: kept, truncated } = cut(text, maxTokens);
      const images = chat.image ? (context.images ?? 1) : 0;
      const ids = [...begin];
      const earlierAnswers: [number, number][] = [];
      for (const { texts, answer } of promptParts(prompt, kept, { ...context, images })) {
        for (const [i, piece] of texts.entries())
          ids.push(...(i === 0 ? [] : image), ...(piece === '' ? [] : pieces.encode(piece)));
        if (answer === undefined) continue;
        const given = [...pieces.encode(answer), eos!];
        earlierAnswers.push([ids.length, ids.length + given.length]);
        ids.push(...given);
      }
      return { ids, truncated, ...(earlierAnswers.length > 0 ? { earlierAnswers } : {}) };
    },
    answer(text, maxTokens): Encoded {
      const ids = pieces.encode(text);
      const room = maxTokens - 1;
      return { ids: [...ids.slice(0, room), eos!], truncated: ids.length > room };
    },
    decode: (ids) => pieces.decode(ids.filter((id) => !special.has(id))).trim(),
  };
}

async function openPieces(folder: string): Promise<{ file: string; pieces: Pieces }> {
  const json = path.join(folder, 'tokenizer.json');
  if (await exists(json)) {
    const hf = await loadTokenizer(folder, json);
    const pieces: Pieces = {
      size: Math.max(...hf.get_vocab(true).values()) + 1,
      encode: (text) => hf.encode(text, { add_special_tokens: false }).ids,
      decode: (ids) =>
        ids.length ? hf.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }) : '',
    };
    return { file: json, pieces };
  }
  const file = path.join(folder, 'tokenizer.model');
  if (!(await exists(file))) throw unusable(folder, 'it has neither tokenizer.json nor tokenizer.model');
  try {
    return { file, pieces: readSentencePiece(await readFile(file)) };
  } catch (cause) {
    throw unusable(file, (cause as Error).message, cause);
  }
}
