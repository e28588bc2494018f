/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header {name: {dtype, shape, data_offsets}}, then the bytes.
 * Source: https://github.com/huggingface/safetensors (format section). Nothing in such a file can run code.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { refusalText } from '../text';
import { bfloatToHalf, narrowHalf, widenBfloat, widenHalf } from './half';
import { dequantize, scaleName } from './quantized';
import type { DType } from './types';

export interface TensorInfo {
  dtype: DType;
  shape: readonly number[];
  /** Absolute byte range in the file, half-open. */
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  file: string;
  tensors: ReadonlyMap<string, TensorInfo>;
  metadata: Readonly<Record<string, string>>;
}

/** Bytes of one element. */
export const bytesOf: Readonly<Record<DType, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
/** The format's own limit, which keeps a damaged length from asking for gigabytes. */
const longestHeader = 100_000_000;

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/**
 * Reads and checks the header alone: names, types, shapes and byte ranges; no tensor is read.
 * @throws MP3001 no such file; MP3002 truncated or inconsistent; MP3003 a pickle or zip archive (.pth, .pt, .bin).
 */
export function readHeader(file: string): SafetensorsHeader {
  const descriptor = openFile(file);
  try {
    const size = fstatSync(descriptor).size;
    const start = readBytes(descriptor, 0, Math.min(8, size), file);
    refusePickle(file, start);
    if (size < 8) throw damaged(file, `it has ${size} bytes, less than the 8 of a header's length`);
    const length = Number(start.readBigUInt64LE(0));
    if (length > longestHeader || 8 + length > size)
      throw damaged(file, `the header should have ${length} bytes, the file has ${size}`);
    return checkHeader(file, readBytes(descriptor, 8, length, file).toString('utf8'), 8 + length, size);
  } finally {
    closeSync(descriptor);
  }
}

/** Values of a tensor: of a quantised one, those that it stands for. */
export function valuesOf({ dtype, shape }: TensorInfo): number {
  return (dtype === 'U8' ? 2 : 1) * sizeOf(shape);
}

/**
 * One tensor as float32, row-major; F16 and BF16 are widened, quantised ones (quantized.ts) made floats again.
 * @throws MP3002 if the tensor is absent, not a float, or the file ends early.
 */
export function readTensor(header: SafetensorsHeader, name: string): Float32Array {
  const info = tensorInfo(header, name);
  const bytes = readRange(header.file, info);
  if (header.tensors.has(scaleName(name)))
    return dequantize(bytes, info.dtype, readTensor(header, scaleName(name)), new Float32Array(valuesOf(info)));
  switch (info.dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F16':
      return widenHalf(new Uint16Array(bytes.buffer));
    case 'BF16':
      return widenBfloat(new Uint16Array(bytes.buffer));
    default:
      throw damaged(header.file, `tensor ${name} has type ${info.dtype} where a float is needed`);
  }
}

/**
 * One tensor as the bits of float16, row-major, rounded to nearest even; F16 as it is stored.
 * @throws as readTensor; MP3102 if a value is too large
 */
export function readHalves(header: SafetensorsHeader, name: string): Uint16Array {
  const info = tensorInfo(header, name);
  if (info.dtype === 'F16' || info.dtype === 'BF16')
    return asHalves(name, info.dtype, new Uint16Array(readRange(header.file, info).buffer));
  return narrowed(name, readTensor(header, name));
}

/** Values that are stored in 16 bits as float16, in the same memory. @throws MP3102 if a value is too large */
export function asHalves(name: string, dtype: 'F16' | 'BF16', stored: Uint16Array): Uint16Array {
  if (dtype === 'F16') return stored;
  for (let i = 0; i < stored.length; i++) {
    const magnitude = stored[i]! & 0x7fff;
    // from 65,536 on, infinity and what is no number left alone
    if (magnitude >= 0x4780 && magnitude < 0x7f80) throw tooLarge(name, widenBfloat(stored.slice(i, i + 1))[0]!);
  }
  return bfloatToHalf(stored, stored);
}

/** As float16. @throws MP3102 if a value is too large */
export function narrowed(name: string, data: Float32Array, into?: Uint16Array<ArrayBuffer>): Uint16Array {
  const halves = narrowHalf(data, into);
  for (let i = 0; i < halves.length; i++)
    if ((halves[i]! & 0x7fff) === 0x7c00 && Number.isFinite(data[i]!)) throw tooLarge(name, data[i]!);
  return halves;
}

function tooLarge(name: string, value: number): MedpeftError {
  return new MedpeftError('MP3102', `${name} holds ${value}, more than float16 can hold`, 'keep it as float32');
}

/** One tensor of integers or truth values (I64, I32, U8, BOOL) as numbers. @throws MP3002 */
export function readIntegers(header: SafetensorsHeader, name: string): number[] {
  const info = tensorInfo(header, name);
  const bytes = readRange(header.file, info);
  switch (info.dtype) {
    case 'I64':
      return Array.from(new BigInt64Array(bytes.buffer), Number);
    case 'I32':
      return Array.from(new Int32Array(bytes.buffer));
    case 'U8':
    case 'BOOL':
      return Array.from(bytes);
    default:
      throw damaged(header.file, `tensor ${name} has type ${info.dtype} where integers are needed`);
  }
}

export interface TensorToWrite {
  shape: readonly number[];
  data: Float32Array;
}

/** A tensor of a file that is written. */
export interface EntryToWrite {
  name: string;
  dtype: DType;
  shape: readonly number[];
  /** Its bytes, made when their turn comes. */
  content(): Iterable<Uint8Array>;
}

/** Bytes of a tensor in a file. */
export function storedBytes({ dtype, shape }: Pick<EntryToWrite, 'dtype' | 'shape'>): number {
  return sizeOf(shape) * bytesOf[dtype];
}

/** Writes tensors as they come, one at a time. Not atomic: the caller renames. */
export function writeEntries(
  file: string,
  entries: readonly EntryToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  for (const entry of entries) {
    const { name, dtype, shape } = entry;
    const end = offset + storedBytes(entry);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const descriptor = openSync(file, 'w');
  try {
    writeAll(descriptor, length);
    writeAll(descriptor, padded);
    for (const { content } of entries) for (const bytes of content()) writeAll(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes tensors in the order of their names, so that equal tensors give equal bytes. Not atomic: the caller renames.
 * @param options.dtype F16 rounds to nearest even. @throws MP3102 if data and shape disagree or a value does not fit F16.
 */
export function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  options: { dtype?: 'F32' | 'F16'; metadata?: Record<string, string> } = {},
): void {
  const dtype = options.dtype ?? 'F32';
  const entries = [...tensors.keys()].sort().map((name): EntryToWrite => {
    const { shape, data } = tensors.get(name)!;
    if (sizeOf(shape) !== data.length)
      throw new MedpeftError('MP3102', `${name} has ${data.length} values for shape [${shape.join(', ')}]`);
    return { name, dtype, shape, content: () => [encode(name, data, dtype)] };
  });
  writeEntries(file, entries, options.metadata);
}

function encode(name: string, data: Float32Array, dtype: 'F32' | 'F16'): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(narrowed(name, data).buffer);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** @throws MP3002 if the file has no such tensor */
export function tensorInfo(header: SafetensorsHeader, name: string): TensorInfo {
  const info = header.tensors.get(name);
  if (!info) throw damaged(header.file, `it has no tensor ${name}`);
  return info;
}

/** The bytes of one tensor as they are stored. @throws MP3002 if the tensor is absent or the file ends early */
export function readStored(header: SafetensorsHeader, name: string): Uint8Array {
  return readRange(header.file, tensorInfo(header, name));
}

function readRange(file: string, info: TensorInfo): Buffer<ArrayBuffer> {
  const descriptor = openFile(file);
  try {
    return readBytes(descriptor, info.begin, info.end - info.begin, file);
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes in a buffer of their own, so that typed arrays of any width can be laid over it. */
function readBytes(descriptor: number, position: number, length: number, file: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    const n = readSync(descriptor, bytes, done, Math.min(length - done, 1 << 30), position + done);
    if (n === 0) throw endsEarly(file, position + done, length - done);
    done += n;
  }
  return bytes;
}

function checkHeader(file: string, json: string, dataStart: number, size: number): SafetensorsHeader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw damaged(file, 'its header is not a JSON object');
  const tensors = new Map<string, TensorInfo>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(parsed)) {
    if (name === '__metadata__') metadata = entry as Record<string, string>;
    else tensors.set(name, checkEntry(file, name, entry, dataStart));
  }
  let reached = dataStart;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) throw damaged(file, `tensor ${name} overlaps another`);
    if (begin > reached) throw damaged(file, `there are ${begin - reached} unused bytes before tensor ${name}`);
    if (end > size) throw damaged(file, `it ends at byte ${size}, but tensor ${name} reaches to ${end}`);
    reached = end;
  }
  if (reached !== size) throw damaged(file, `it has ${size - reached} bytes after the last tensor`);
  return { file, tensors, metadata };
}

function checkEntry(file: string, name: string, entry: unknown, dataStart: number): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !(dtype in bytesOf))
    throw damaged(file, `tensor ${name} has the unknown type ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw damaged(file, `tensor ${name} has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(file, `tensor ${name} has no valid offsets`);
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * bytesOf[dtype as DType];
  if (end - begin !== bytes)
    throw damaged(file, `tensor ${name} needs ${bytes} bytes for its shape, its offsets give ${end - begin}`);
  return { dtype: dtype as DType, shape, begin: dataStart + begin, end: dataStart + end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** A descriptor to read from. @throws MP3001 */
export function openFile(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new MedpeftError(
      'MP3001',
      `the checkpoint file ${file} cannot be opened: ${refusalText(cause)}`,
      'check the path and its permissions',
      file,
      { cause },
    );
  }
}

/** torch.save writes a zip archive (PK), older versions a bare pickle (0x80): both can run code when read. */
function refusePickle(file: string, start: Buffer): void {
  const zip = start.length >= 4 && start.readUInt32BE(0) === 0x504b0304;
  const pickle = start.length >= 2 && start[0] === 0x80 && start[1]! <= 5 && start[2] !== 0;
  if (zip || pickle || /\.(pth|pt|bin|ckpt|pkl)$/i.test(file))
    throw new MedpeftError(
      'MP3003',
      `${file} is a pickled PyTorch checkpoint, which can run any code when it is read`,
      'convert it once, in Python, if you trust its source: ' +
        'import torch; from safetensors.torch import save_file; d = torch.load(path, weights_only=True); ' +
        'save_file({k: v.clone().contiguous() for k, v in d.get("model", d).items()}, "model.safetensors")',
      file,
    );
  if (start.toString('latin1').startsWith('version '))
    throw new MedpeftError(
      'MP3002',
      `${file} is a Git LFS pointer, not the tensors themselves`,
      'fetch them with `git lfs pull`',
      file,
    );
}

/** MP3002: a file that ends at a byte where more were to be read. */
export function endsEarly(file: string, at: number, missing: number): MedpeftError {
  return damaged(file, `it ends at byte ${at}, ${missing} bytes early`);
}

function damaged(file: string, what: string, cause?: unknown): MedpeftError {
  return new MedpeftError('MP3002', `${file} is damaged: ${what}`, 'copy or download the file again', file, { cause });
}
