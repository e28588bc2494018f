/** The files of a tokenizer, and what is said of those that cannot be used. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { MedpeftError } from '../errors';

/** Reads tokenizer.json and, if there is one, tokenizer_config.json. @throws MP3006 */
export async function loadTokenizer(folder: string, file: string): Promise<HfTokenizer> {
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

/** MP3006 */
export function unusable(file: string, what: string, cause?: unknown): MedpeftError {
  return new MedpeftError(
    'MP3006',
    `tokenizer ${file} cannot be used: ${what}`,
    'copy tokenizer.json and tokenizer_config.json of the checkpoint into the model folder (or tokenizer.model of a chat model); a vocab.txt alone is not read',
    file,
    { cause },
  );
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
