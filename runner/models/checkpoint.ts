/** A checkpoint folder in Hugging Face layout, read as far as its headers: enough to count, to select and to plan. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { findFamily } from './families';
import type { Family } from './family';
import { isScale, scaleName } from './quantized';
import { readHeader, type SafetensorsHeader } from './safetensors';
import type { Parameter } from './types';

export interface Checkpoint {
  folder: string;
  family: Family;
  /** Parsed config.json. */
  config: unknown;
  /** Every base tensor in the model's order, tied ones once, named as the files name them. */
  parameters: Parameter[];
  /** The weight files; empty where the folder has config.json alone. */
  files: string[];
  /** Tensor name in the files -> header of the file that holds it. */
  headerOf: ReadonlyMap<string, SafetensorsHeader>;
  /** Tensors in the files that are not loaded: buffers, and copies of tied tensors. */
  extras: string[];
  /** SHA-256 of config.json, the tokenizer (tokenizer.json, else tokenizer.model) and of each tensor's name, type, shape and first bytes. */
  hash: string;
}

/** What a tokenizer is read from: the first of these that a folder holds. */
export const tokenizerFiles = ['tokenizer.json', 'tokenizer.model'];

/** Pickled weights; not the optimiser states that trainers leave beside them. */
const pickles = /^(?!training_args|optimizer|scheduler|rng_state).*\.(pth|pt|bin|ckpt|pkl)$/i;

/**
 * Reads config.json and, if there are weights, their headers, and matches every tensor with the family's places.
 * @throws MP1106 family not supported; MP3001 no such folder or shard; MP3002 damaged file; MP3003 pickles only; MP3004 tensors do not
 *   fit the family; MP3005 config.json cannot be used.
 */
export function inspectCheckpoint(folder: string, familyId: string): Checkpoint {
  const family = findFamily(familyId);
  if (!family)
    throw new MedpeftError(
      'MP1106',
      `model family "${familyId}" is not supported in this version`,
      undefined,
      familyId,
    );
  const names = listFolder(folder);
  const files = weightFiles(folder, names);
  const headers = files.map(readHeader);
  const configBytes = readConfig(folder, names);
  const config = parseConfig(path.join(folder, 'config.json'), configBytes);
  const headerOf = new Map(
    headers.flatMap((header) => [...header.tensors.keys()].map((name) => [name, header] as const)),
  );
  const expected = family.parameters(config);
  const digest = createHash('sha256').update(configBytes);
  const tokenizer = tokenizerFiles.find((name) => names.includes(name));
  if (tokenizer) digest.update(readFileSync(path.join(folder, tokenizer)));
  if (headers.length === 0) {
    const hash = digest.digest('hex');
    return { folder, family, config, parameters: expected, files, headerOf, extras: [], hash };
  }
  const placed = family.place(
    config,
    [...headerOf.keys()].filter((name) => !isScale(name)),
  );
  refuseMisfits(folder, family, placed, headerOf);
  digest.update(tensorDigest(headers));
  const { parameters, extras } = placed;
  return { folder, family, config, parameters, files, headerOf, extras, hash: digest.digest('hex') };
}

function listFolder(folder: string): string[] {
  let isFile = false;
  try {
    isFile = statSync(folder).isFile();
    if (!isFile) return readdirSync(folder);
  } catch (cause) {
    throw new MedpeftError(
      'MP3001',
      `the model folder ${folder} is not there`,
      'check `path` of the model in the spec',
      folder,
      {
        cause,
      },
    );
  }
  if (pickles.test(path.basename(folder))) readHeader(folder);
  throw new MedpeftError(
    'MP3001',
    `${folder} is a file`,
    'name the folder that holds config.json and the weights',
    folder,
  );
}

/** The safetensors files of the folder, in the order of their names. */
function weightFiles(folder: string, names: string[]): string[] {
  const at = (name: string) => path.join(folder, name);
  if (names.includes('model.safetensors')) return [at('model.safetensors')];
  if (names.includes('model.safetensors.index.json')) return shards(folder, names);
  const others = names.filter((name) => name.endsWith('.safetensors') && !name.startsWith('adapter')).sort();
  if (others.length > 1)
    throw new MedpeftError(
      'MP3001',
      `${folder} holds ${others.length} weight files (${others.join(', ')}) and nothing that says which belong together`,
      'keep one, named model.safetensors, or add model.safetensors.index.json',
      folder,
    );
  if (others.length === 1) return others.map(at);
  // A pickle alone is handed on, so that the reader refuses it and says how to convert it.
  return names
    .filter((name) => pickles.test(name))
    .slice(0, 1)
    .map(at);
}

function shards(folder: string, names: string[]): string[] {
  const file = path.join(folder, 'model.safetensors.index.json');
  const index = parseConfig(file, readFileSync(file), 'MP3002') as { weight_map?: unknown } | null;
  const map = index?.weight_map;
  if (typeof map !== 'object' || map === null)
    throw new MedpeftError('MP3002', `${file} has no weight_map`, 'copy or download the file again', file);
  const wanted = [...new Set(Object.values(map).map(String))].sort();
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new MedpeftError(
      'MP3001',
      `${folder} lacks ${missing.join(', ')}`,
      'copy or download the missing shards',
      folder,
    );
  return wanted.map((name) => path.join(folder, name));
}

function readConfig(folder: string, names: string[]): Buffer {
  if (names.includes('config.json')) return readFileSync(path.join(folder, 'config.json'));
  throw new MedpeftError(
    'MP3005',
    `${folder} has no config.json`,
    'copy the config.json that came with the checkpoint into the folder',
    folder,
  );
}

function parseConfig(file: string, bytes: Buffer, code: 'MP3002' | 'MP3005' = 'MP3005'): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    const why = `${file} is not valid JSON: ${(cause as Error).message}`;
    throw new MedpeftError(code, why, 'copy or download the file again', file, { cause });
  }
}

function refuseMisfits(
  folder: string,
  family: Family,
  placed: ReturnType<Family['place']>,
  headerOf: ReadonlyMap<string, SafetensorsHeader>,
): void {
  const misfits = placed.parameters.flatMap(({ name, shape }) => {
    const info = headerOf.get(name)?.tensors.get(name);
    if (!info) return [];
    const scaled = headerOf.has(scaleName(name)) && ['I8', 'U8'].includes(info.dtype);
    if (!scaled && !['F32', 'F16', 'BF16'].includes(info.dtype))
      return [`${name} has type ${info.dtype}, not F32, F16 or BF16`];
    const whole = info.dtype === 'U8' ? [...info.shape.slice(0, -1), 2 * info.shape.at(-1)!] : info.shape;
    const same = whole.length === shape.length && whole.every((n, i) => n === shape[i]);
    return same ? [] : [`${name} is [${info.shape.join(', ')}], config.json says [${shape.join(', ')}]`];
  });
  const parts = [
    list('no tensor in the files for', placed.missing),
    list('no place in the family for', placed.unplaced),
    list('wrong shape or type:', misfits),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return;
  throw new MedpeftError(
    'MP3004',
    `the tensors of ${folder} do not fit the family ${family.id}: ${parts.join('; ')}`,
    'check `family` of the model in the spec, and that config.json belongs to these weights',
    folder,
  );
}

function list(title: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 40).join(', ');
  return `${title} (${names.length}) ${shown}${names.length > 40 ? ` … and ${names.length - 40} more` : ''}`;
}

/** Bytes of each tensor that tell apart two checkpoints of one shape, without reading the weights. */
const sampleBytes = 256;

function tensorDigest(headers: readonly SafetensorsHeader[]): string {
  const lines = headers.flatMap((header) => {
    const descriptor = openSync(header.file, 'r');
    try {
      return [...header.tensors].map(([name, { dtype, shape, begin, end }]) => {
        const sample = Buffer.alloc(Math.min(sampleBytes, end - begin));
        readSync(descriptor, sample, 0, sample.length, begin);
        return `${name} ${dtype} [${shape.join(',')}] ${sample.toString('base64')}`;
      });
    } finally {
      closeSync(descriptor);
    }
  });
  return lines.sort().join('\n');
}
