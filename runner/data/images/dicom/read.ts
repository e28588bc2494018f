/**
 * A DICOM file's description and stored pixel values (PS3.3 C.7.6.3, PS3.5 section 8). Explicit and implicit VR, little and big endian,
 * deflated, RLE, JPEG baseline, JPEG-LS and JPEG 2000. 12-bit and lossless JPEG, palettes and pixels of more than 16 bits are refused by name.
 */
import { inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { MedpeftError } from '../../../errors';
import { refuseHuge, unreadable } from '../image';
import { decodeFrame } from './frames';
import { names, type Syntax, syntaxes } from './syntaxes';

export interface DicomImage {
  rows: number;
  columns: number;
  frames: number;
  /** 1 grey, 3 colour. */
  samples: number;
  bitsAllocated: number;
  bitsStored: number;
  signed: boolean;
  photometric: string;
  /** 0: colours of a pixel stand together; 1: one plane after another. */
  planar: number;
  slope: number;
  intercept: number;
  /** The first window, if any, and how it is meant (PS3.3 C.11.2.1.3). */
  window?: { center: number; width: number; shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' };
  syntax: Syntax;
  /**
   * Stored values of a frame, before rescaling: [rows, columns] or [rows, columns, 3].
   * @param index from 0. @throws MP2003
   */
  frame(index: number): Promise<PixelValues>;
}

/** Whether colours are already RGB: a JPEG decoder turns YBR into RGB by itself. */
export interface PixelValues {
  values: Uint8Array | Int8Array | Uint16Array | Int16Array;
  isRgb: boolean;
}

/** @param file named in errors. @throws MP2003, MP2008. */
export async function readDicom(bytes: Uint8Array, file: string): Promise<DicomImage> {
  const { default: dicomParser } = await import('dicom-parser');
  let data: DataSet;
  try {
    data = dicomParser.parseDicom(bytes, { inflater });
  } catch (cause) {
    const what = reasonOf(cause);
    if (what.includes('Cannot create a Buffer larger')) return refuseUnpacked(file, cause);
    if (/overrun|past the end|beyond/.test(what)) return unreadable(file, `it is cut off (${what})`);
    return unreadable(
      file,
      `it is not a DICOM file (${what})`,
      'write it again as a Part 10 file with preamble and meta header, for example with `dcmconv`',
    );
  }
  const syntax = syntaxOf(data, file);
  const element = data.elements.x7fe00010;
  if (!element)
    return unreadable(file, missingPixels(data), 'only files with an image can be used; leave the others out');
  const image = describe(data, syntax, file);
  refuseHuge(image.columns, image.rows, file);
  return { ...image, frame: (index) => decodeFrame(data, element, image, index, file) };
}

/** dicom-parser throws texts, errors, and either with the data set read so far. */
function reasonOf(cause: unknown): string {
  const inner = (cause as { exception?: unknown }).exception ?? cause;
  return (inner instanceof Error ? inner.message : String(inner)).split('\n')[0]!;
}

/** Bytes of a deflated data set, unpacked, at most: what is written so are reports and single slices. */
const maxUnpacked = 2 ** 28;

/** Deflated data sets (1.2.840.10008.1.2.1.99): the part before `position` is not packed. */
function inflater(bytes: Uint8Array, position: number): Uint8Array {
  return Buffer.concat([
    bytes.subarray(0, position),
    inflateRawSync(bytes.subarray(position), { maxOutputLength: maxUnpacked }),
  ]);
}

function refuseUnpacked(file: string, cause: unknown): never {
  throw new MedpeftError(
    'MP2008',
    `image ${file} unpacks to more than ${maxUnpacked} bytes`,
    'store it without deflating, for example with `dcmconv +te`',
    file,
    { cause },
  );
}

function syntaxOf(data: DataSet, file: string): Syntax {
  const id = data.string('x00020010') ?? '';
  const syntax = syntaxes.get(id);
  if (syntax) return syntax;
  return unreadable(
    file,
    `its transfer syntax ${id || '(none)'}${names[id] ? `, ${names[id]},` : ''} is not decoded`,
    'convert it to an uncompressed file, for example with `dcmdjpeg` or `gdcmconv --raw`',
  );
}

function missingPixels(data: DataSet): string {
  if (data.elements.x7fe00008 || data.elements.x7fe00009) return 'its pixels are floating-point numbers';
  const modality = data.string('x00080060');
  return `it holds no image${modality ? ` (modality ${modality})` : ''}`;
}

function describe(data: DataSet, syntax: Syntax, file: string): Omit<DicomImage, 'frame'> {
  const need = (tag: string, name: string): number =>
    data.uint16(tag) ?? unreadable(file, `it does not say its ${name}`);
  const text = (tag: string) => data.string(tag)?.trim() ?? '';
  const number = (tag: string, otherwise: number): number => {
    const value = Number.parseFloat(text(tag));
    return Number.isFinite(value) ? value : otherwise;
  };
  const [rows, columns] = [need('x00280010', 'rows'), need('x00280011', 'columns')];
  const bitsAllocated = need('x00280100', 'bits allocated');
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated;
  const samples = data.uint16('x00280002') ?? 1;
  const photometric = text('x00280004') || 'MONOCHROME2';
  const frames = data.elements.x00280008 ? number('x00280008', Number.NaN) : 1;
  if (rows === 0 || columns === 0) unreadable(file, `it has ${rows} rows and ${columns} columns`);
  if (!Number.isInteger(frames) || frames < 1)
    unreadable(file, `its number of frames, "${text('x00280008')}", is no number`);
  if (![1, 8, 16].includes(bitsAllocated)) unreadable(file, `its pixels have ${bitsAllocated} bits`);
  if (!['MONOCHROME1', 'MONOCHROME2', 'RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT'].includes(photometric))
    unreadable(
      file,
      `its colours are ${photometric}`,
      'convert it to RGB, for example with `dcmcjpeg` or `gdcmconv --apply-lut`',
    );
  if (samples !== (photometric.startsWith('MONO') ? 1 : 3))
    unreadable(file, `it has ${samples} samples a pixel and is ${photometric}`);
  const [center, width] = [number('x00281050', Number.NaN), number('x00281051', Number.NaN)];
  const shape = text('x00281056');
  return {
    rows,
    columns,
    frames,
    samples,
    bitsAllocated,
    bitsStored,
    signed: data.uint16('x00280103') === 1,
    photometric,
    planar: data.uint16('x00280006') ?? 0,
    slope: number('x00281053', 1),
    intercept: number('x00281052', 0),
    ...(Number.isFinite(center) && width > 0
      ? { window: { center, width, shape: shape === 'LINEAR_EXACT' || shape === 'SIGMOID' ? shape : 'LINEAR' } }
      : {}),
    syntax,
  };
}
