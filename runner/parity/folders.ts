/** What lies in a parity folder: models with their inputs, and the family that each belongs to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Batch } from '../data/types';
import { families } from '../models';
import { readHeader, readIntegers, readTensor } from '../models/safetensors';

export interface ModelFolder {
  name: string;
  folder: string;
  config: Record<string, unknown>;
  /** Undefined where no family of this version computes the class. */
  family?: string;
}

/** Class in config.json -> family. */
const familyOf: Readonly<Record<string, string>> = {
  BlipForQuestionAnswering: 'blip_vqa',
  BlipForConditionalGeneration: 'blip_caption',
  LlavaForConditionalGeneration: 'llava',
};

export function readJson<T>(...parts: string[]): T {
  return JSON.parse(readFileSync(path.join(...parts), 'utf8')) as T;
}

/** Folders that hold config.json and model.safetensors. */
export function modelFolders(root: string): ModelFolder[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, entry.name, 'config.json')))
    .map(({ name }) => {
      const folder = path.join(root, name);
      const config = readJson<Record<string, unknown>>(folder, 'config.json');
      const [architecture] = (config.architectures as string[] | undefined) ?? [];
      const family = familyOf[architecture ?? ''];
      return { name, folder, config, ...(family !== undefined && family in families && { family }) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The class that config.json names, for the reason of a skipped case. */
export function className({ config }: ModelFolder): string {
  return String((config.architectures as string[] | undefined)?.[0] ?? 'a model without a class');
}

/**
 * Micro-batch `mb0`, `mb1` …; every row has an image of its own. VQA models have a text for the encoder and one for the decoder, the others one text: it is what the decoder
 * reads, and prompts stand by themselves.
 * @param prompts prefix of the prompts that answers are generated after, `gen`
 */
export function readBatch(folder: string, prefix: string, prompts?: string): Batch {
  const header = readHeader(path.join(folder, 'inputs.safetensors'));
  const integers = (name: string) => Int32Array.from(readIntegers(header, name));
  const shape = (name: string) => header.tensors.get(name)!.shape as number[];
  const text = (of: string, kind = '') => ({
    ids: integers(`${of}.${kind}input_ids`),
    mask: integers(`${of}.${kind}attention_mask`),
    length: shape(`${of}.${kind}input_ids`)[1]!,
  });
  const isVqa = header.tensors.has(`${prefix}.decoder_input_ids`);
  const asked = text(isVqa || !prompts ? prefix : prompts);
  const read = isVqa ? text(prefix, 'decoder_') : text(prefix);
  const names = Array.from({ length: shape(`${prefix}.pixel_values`)[0]! }, (_, row) => `${prefix}.${row}`);
  return {
    ids: names,
    imageKeys: names,
    pixelValues: readTensor(header, `${prefix}.pixel_values`),
    imageSize: shape(`${prefix}.pixel_values`)[3]!,
    imageOf: Int32Array.from(names, (_, row) => row),
    inputIds: asked.ids,
    attentionMask: asked.mask,
    questionLength: asked.length,
    decoderInputIds: read.ids,
    decoderAttentionMask: read.mask,
    labels: integers(`${prefix}.labels`),
    answerLength: read.length,
  };
}

export function targetTokens({ labels, answerLength }: Batch): number {
  return labels.reduce((count, label, i) => count + (i % answerLength !== 0 && label !== -100 ? 1 : 0), 0);
}

/** A batch of one row of a batch in which every row has an image of its own. */
export function rowOf(batch: Batch, row: number): Batch {
  const of = <T extends { slice(from: number, to: number): T; readonly length: number }>(values: T): T => {
    const each = values.length / batch.ids.length;
    return values.slice(row * each, (row + 1) * each);
  };
  return {
    ...batch,
    ids: of(batch.ids),
    imageKeys: of(batch.imageKeys),
    pixelValues: of(batch.pixelValues),
    imageOf: Int32Array.of(0),
    inputIds: of(batch.inputIds),
    attentionMask: of(batch.attentionMask),
    decoderInputIds: of(batch.decoderInputIds),
    decoderAttentionMask: of(batch.decoderAttentionMask),
    labels: of(batch.labels),
  };
}
