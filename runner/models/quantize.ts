/** A copy of a checkpoint whose linear layers are quantised: smaller to read, never to be trained itself. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { replaceWith } from '../runs/atomic';
import type { Checkpoint } from './checkpoint';
import { type Bits, isScale, quantize, scaleName } from './quantized';
import {
  type EntryToWrite,
  readStored,
  readTensor,
  type SafetensorsHeader,
  storedBytes,
  tensorInfo,
  writeEntries,
} from './safetensors';
import type { Parameter } from './types';

/** Matrices of attention and FFN; embeddings, the head, the projector and vectors stay as they are. */
function isQuantized({ kind, part, shape }: Parameter): boolean {
  return (kind === 'attention' || kind === 'ffn') && part === 'weight' && shape.length === 2 && shape[1]! % 2 === 0;
}

/**
 * Writes the copy, one tensor at a time, as one file; everything else in the folder but weights is copied.
 * @returns bytes of the weights before and after
 * @throws MP3001 if there are no weights; MP3102 if they are quantised already, or the folder is the checkpoint's own
 */
export function quantizeCheckpoint(checkpoint: Checkpoint, to: string, bits: Bits): { before: number; after: number } {
  const { folder, parameters, headerOf, files } = checkpoint;
  if (files.length === 0)
    throw new MedpeftError('MP3001', `${folder} holds no weights`, 'put model.safetensors beside config.json', folder);
  if (path.resolve(folder) === path.resolve(to))
    throw new MedpeftError('MP3102', 'the copy would overwrite the checkpoint', 'name another folder with --to', to);
  if ([...headerOf.keys()].some(isScale))
    throw new MedpeftError(
      'MP3102',
      `${folder} is quantised already`,
      'begin with the checkpoint that it was made of',
      folder,
    );
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile() && !/safetensors/.test(entry.name))
      copyFileSync(path.join(folder, entry.name), path.join(to, entry.name));
  const placed = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const entries = [...headerOf].flatMap(([name, header]): EntryToWrite[] => {
    const parameter = placed.get(name);
    return parameter && isQuantized(parameter) ? quantizedEntries(header, parameter, bits) : [asItIs(header, name)];
  });
  replaceWith(path.join(to, 'model.safetensors'), (temporary) => writeEntries(temporary, entries));
  const sum = (all: readonly Pick<EntryToWrite, 'dtype' | 'shape'>[]) =>
    all.reduce((total, one) => total + storedBytes(one), 0);
  return { before: sum([...headerOf].map(([name, header]) => tensorInfo(header, name))), after: sum(entries) };
}

function asItIs(header: SafetensorsHeader, name: string): EntryToWrite {
  const { dtype, shape } = tensorInfo(header, name);
  return { name, dtype, shape, content: () => [readStored(header, name)] };
}

/** The matrix and its scales, which are made when the first of them is written. */
function quantizedEntries(header: SafetensorsHeader, { name, shape }: Parameter, bits: Bits): EntryToWrite[] {
  const size = shape as readonly [number, number];
  // of zeros, for the shapes of a row alone
  const { dtype, shape: [, columns] = [], groups } = quantize(new Float32Array(size[1]), [1, size[1]], bits);
  let scales: Float32Array | undefined;
  return [
    {
      name,
      dtype,
      shape: [size[0], columns!],
      content() {
        const made = quantize(readTensor(header, name), size, bits);
        scales = made.scales;
        return [made.bytes];
      },
    },
    {
      name: scaleName(name),
      dtype: 'F32',
      shape: [size[0], groups],
      content: () => [new Uint8Array(scales!.buffer)],
    },
  ];
}
