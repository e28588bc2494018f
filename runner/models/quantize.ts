/** A copy of a checkpoint whose linear layers are quantised: smaller to read, never to be trained itself. */
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { replaceWith } from '../runs/atomic';
import type { Checkpoint } from './checkpoint';
import { type Bits, isScale, quantize, scaleName } from './quantized';
import { openFile, readTensor, type SafetensorsHeader, tensorInfo } from './safetensors';
import type { DType, Parameter } from './types';

interface Entry {
  name: string;
  dtype: DType;
  shape: readonly number[];
  bytes: number;
  content(): Uint8Array;
}

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
  const entries = [...headerOf].flatMap(([name, header]): Entry[] => {
    const parameter = placed.get(name);
    return parameter && isQuantized(parameter) ? quantizedEntries(header, parameter, bits) : [asItIs(header, name)];
  });
  replaceWith(path.join(to, 'model.safetensors'), (temporary) => writeEntries(temporary, entries));
  const sum = (all: readonly { bytes: number }[]) => all.reduce((total, { bytes }) => total + bytes, 0);
  return { before: sum([...headerOf].map(([name, header]) => asItIs(header, name))), after: sum(entries) };
}

function asItIs(header: SafetensorsHeader, name: string): Entry {
  const { dtype, shape, begin, end } = tensorInfo(header, name);
  const bytes = end - begin;
  return {
    name,
    dtype,
    shape,
    bytes,
    content() {
      const content = new Uint8Array(bytes);
      const descriptor = openFile(header.file);
      for (let done = 0; done < bytes; ) done += readSync(descriptor, content, done, bytes - done, begin + done);
      closeSync(descriptor);
      return content;
    },
  };
}

/** The matrix and its scales, which are made when the first of them is written. */
function quantizedEntries(header: SafetensorsHeader, { name, shape }: Parameter, bits: Bits): Entry[] {
  const size = shape as readonly [number, number];
  // of zeros, for the shapes of a row alone
  const { dtype, shape: [, columns] = [], groups } = quantize(new Float32Array(size[1]), [1, size[1]], bits);
  let scales: Float32Array | undefined;
  return [
    {
      name,
      dtype,
      shape: [size[0], columns!],
      bytes: size[0] * columns!,
      content() {
        const made = quantize(readTensor(header, name), size, bits);
        scales = made.scales;
        return made.bytes;
      },
    },
    {
      name: scaleName(name),
      dtype: 'F32',
      shape: [size[0], groups],
      bytes: 4 * size[0] * groups,
      content: () => new Uint8Array(scales!.buffer),
    },
  ];
}

function writeEntries(file: string, entries: readonly Entry[]): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of entries) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const descriptor = openSync(file, 'w');
  const write = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  };
  try {
    write(length);
    write(padded);
    for (const { content } of entries) write(content());
  } finally {
    closeSync(descriptor);
  }
}
